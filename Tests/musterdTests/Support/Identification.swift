import NIOSSL

/// What a desk shows of itself: a certificate for 127.0.0.1 and its key, of no use to anybody else.
struct Identification: Sendable {
    let certificate: String
    let key: String

    func context() throws -> NIOSSLContext {
        let certificate = try NIOSSLCertificate(bytes: Array(certificate.utf8), format: .pem)
        let key = try NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem)
        return try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: [.certificate(certificate)], privateKey: .privateKey(key)))
    }

    /// The one that the clients of the tests trust.
    static let trusted = Identification(
        certificate: """
            -----BEGIN CERTIFICATE-----
            MIIBbDCCARKgAwIBAgIBATAKBggqhkjOPQQDAjAcMRowGAYDVQQDDBFkZXNrIG9m
            IHRoZSB0ZXN0czAgFw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAwMDAwMFowHDEa
            MBgGA1UEAwwRZGVzayBvZiB0aGUgdGVzdHMwWTATBgcqhkjOPQIBBggqhkjOPQMB
            BwNCAASa9rw/DTPf6lBDaqEY2Y9fph/0kzJ4nkQ6U/m62rQgsSzRY+VBDxX5sjAP
            4bsBM9UD/EU4zsKO4TBR7MsvwxB6o0MwQTAPBgNVHREECDAGhwR/AAABMA8GA1Ud
            EwEB/wQFMAMBAf8wHQYDVR0OBBYEFLab7b3TV5jQZLLEbmu65eAA2vXAMAoGCCqG
            SM49BAMCA0gAMEUCIQDEj/gZFMtHS6ZUJwvzxjP7lV9Sd16iwckbHdFKL90g4QIg
            K0sojKQ6+QDVBuJAgvs9mX7HEH7n3y8wB6dGJLCCNmk=
            -----END CERTIFICATE-----
            """,
        key: """
            -----BEGIN PRIVATE KEY-----
            MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgvbN6/egLsSvPHgC0
            a8MnoqcOfTvYCziYiZHfPBYmXSWhRANCAASa9rw/DTPf6lBDaqEY2Y9fph/0kzJ4
            nkQ6U/m62rQgsSzRY+VBDxX5sjAP4bsBM9UD/EU4zsKO4TBR7MsvwxB6
            -----END PRIVATE KEY-----
            """)

    /// One that nobody trusts.
    static let unknown = Identification(
        certificate: """
            -----BEGIN CERTIFICATE-----
            MIIBbTCCARKgAwIBAgIBATAKBggqhkjOPQQDAjAcMRowGAYDVQQDDBFkZXNrIG9m
            IHRoZSB0ZXN0czAgFw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAwMDAwMFowHDEa
            MBgGA1UEAwwRZGVzayBvZiB0aGUgdGVzdHMwWTATBgcqhkjOPQIBBggqhkjOPQMB
            BwNCAASIizlV9xBHpNDNTaGoQcoJ/q5M9jz54X8N2W+4xsi2YhkkNR8qW1FdNCbA
            CgmPIs/qgCwBW9c/AmaSadnu2cjco0MwQTAPBgNVHREECDAGhwR/AAABMA8GA1Ud
            EwEB/wQFMAMBAf8wHQYDVR0OBBYEFOU4gfZ4uID/KuO4W2XeRjt4jbBTMAoGCCqG
            SM49BAMCA0kAMEYCIQDPMXXgVlOO3q+5OO4+OHbJucgI6h44vdxgCD+RjVvrUwIh
            APGfABZ+oE1yk0992ooTSXnfcnjn9nYbFgmnWyWEVY8U
            -----END CERTIFICATE-----
            """,
        key: """
            -----BEGIN PRIVATE KEY-----
            MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg8Jbhbm2VWCO9w0e8
            7vRp88rNsOskczWEOcM5GIsnU1GhRANCAASIizlV9xBHpNDNTaGoQcoJ/q5M9jz5
            4X8N2W+4xsi2YhkkNR8qW1FdNCbACgmPIs/qgCwBW9c/AmaSadnu2cjc
            -----END PRIVATE KEY-----
            """)
}
