// swift-tools-version: 6.3
import PackageDescription

let package = Package(
    name: "muster",
    products: [
        .executable(name: "musterd", targets: ["musterd"]),
        .executable(name: "muster", targets: ["muster"]),
        .executable(name: "ttd-sandbox", targets: ["ttd-sandbox"]),
        Product.`library`(name: "MusterClient", targets: ["MusterClient"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(
            url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
    ],
    targets: [
        .systemLibrary(
            name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
        .target(name: "CMuster", cSettings: [.treatAllWarnings(as: .error)]),
        .target(
            name: "MusterCore",
            dependencies: [
                "CMuster",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "DequeModule", package: "swift-collections"),
            ]),
        .target(
            name: "MusterStore",
            dependencies: [
                "CMuster", "MusterCore",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        .target(
            name: "MusterClient",
            dependencies: [
                "MusterCore",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]),
        .executableTarget(
            name: "musterd",
            dependencies: [
                "CMuster", "CSystemd", "MusterCore", "MusterStore",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ]),
        .executableTarget(
            name: "muster",
            dependencies: [
                "CMuster", "MusterClient", "MusterCore", "MusterStore",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ]),
        .executableTarget(
            name: "ttd-sandbox",
            dependencies: [
                "MusterCore",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        .testTarget(
            name: "MusterCoreTests",
            dependencies: [
                "CMuster", "MusterCore", .product(name: "Crypto", package: "swift-crypto"),
            ]),
        .executableTarget(
            name: "log-faults",
            dependencies: [
                "MusterCore", "MusterStore",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], path: "Tests/LogFaults"),
        .executableTarget(
            name: "log-pace",
            dependencies: [
                "MusterCore", "MusterStore",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], path: "Benchmarks/LogPace"),
        .testTarget(
            name: "MusterStoreTests", dependencies: ["MusterCore", "MusterStore", "log-faults"]),
        .testTarget(
            name: "MusterClientTests",
            dependencies: [
                "MusterClient", "MusterCore",
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]),
        .testTarget(
            name: "musterdTests",
            dependencies: [
                "musterd", "MusterCore", "MusterStore",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        .testTarget(
            name: "musterTests",
            dependencies: [
                "muster", "MusterClient", "MusterCore", "MusterStore",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]),
        .testTarget(
            name: "SandboxTests",
            dependencies: [
                "ttd-sandbox", "MusterCore",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
            ]),
    ],
    swiftLanguageModes: [.v6]
)

// The coverage-guided fuzzer links only with the compiler's fuzzing engine, so a plain build must not
// see it; Tests/System/scenarios/fuzz.py builds and runs it.
if Context.environment["MUSTER_FUZZ"] != nil {
    package.targets.append(
        .executableTarget(
            name: "wire-fuzz", dependencies: ["MusterCore"], path: "Tests/WireFuzz"))
}

// An unknown feature name is accepted in silence; Tests/MusterCoreTests/TidyTests.swift asks the
// compiler for each.
let house: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("ImmutableWeakCaptures"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]
for target in package.targets where target.type != .system && target.name != "CMuster" {
    target.swiftSettings = house
}
for target in package.targets where target.name == "wire-fuzz" {
    target.swiftSettings = house + [.unsafeFlags(["-parse-as-library"])]
}
// Programs with the standard library in them would offer each of its symbols, and of their own, to
// libraries that they never load: a tenth of their size.
for target in package.targets where target.type == .executable {
    target.linkerSettings = [
        .unsafeFlags(["-Xlinker", "--no-export-dynamic"], .when(configuration: .release))
    ]
}
