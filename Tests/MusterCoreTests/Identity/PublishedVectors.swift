import Testing

/// An address as written, its normalised form, and the SHA-256 of that as hex and base64.
struct Vector: Sendable, CustomTestStringConvertible {
    let input: String
    let normalised: String
    let hex: String
    let base64: String

    init(_ input: String, _ normalised: String, _ hex: String, _ base64: String) {
        self.input = input
        self.normalised = normalised
        self.hex = hex
        self.base64 = base64
    }

    var testDescription: String { input }
}

/// Published by the UID2 and EUID documentation and by the tests of the UID2 operator and its Java,
/// Python and web clients; a few hashes were computed for published pairs of input and normal form.
let publishedVectors = [
    Vector(
        "USER@example.com",
        "user@example.com",
        "b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514",
        "tMmiiTI7IaAcPpQPFQ65uMVCWH8av9jw4cwf/F5HVRQ="),
    Vector(
        "MyEmail@example.com",
        "myemail@example.com",
        "16c18d336f0b250f0e2d907452ceb9658a74ecdae8bc94864c23122a72cc27a5",
        "FsGNM28LJQ8OLZB0Us65ZYp07NrovJSGTCMSKnLMJ6U="),
    Vector(
        "MYEMAIL@example.com",
        "myemail@example.com",
        "16c18d336f0b250f0e2d907452ceb9658a74ecdae8bc94864c23122a72cc27a5",
        "FsGNM28LJQ8OLZB0Us65ZYp07NrovJSGTCMSKnLMJ6U="),
    Vector(
        "My.Email@example.com",
        "my.email@example.com",
        "e22b53bc6f871274f3a62ab37a3caed7214fc14d676215a96a242fcfada1c81f",
        "4itTvG+HEnTzpiqzejyu1yFPwU1nYhWpaiQvz62hyB8="),
    Vector(
        "JANESAOIRSE@example.com",
        "janesaoirse@example.com",
        "d6670e7a92007f1b5ff785f1fc81e53aa6d3d7bd06bdf5c473cdc7286c284b6d",
        "1mcOepIAfxtf94Xx/IHlOqbT170GvfXEc83HKGwoS20="),
    Vector(
        "JaneSaoirse@example.com",
        "janesaoirse@example.com",
        "d6670e7a92007f1b5ff785f1fc81e53aa6d3d7bd06bdf5c473cdc7286c284b6d",
        "1mcOepIAfxtf94Xx/IHlOqbT170GvfXEc83HKGwoS20="),
    Vector(
        "jane.saoirse@example.com",
        "jane.saoirse@example.com",
        "b196432c7b989a2ca91c83799957c515da53e6c13abf20b78fea94f117e90bf8",
        "sZZDLHuYmiypHIN5mVfFFdpT5sE6vyC3j+qU8RfpC/g="),
    Vector(
        "Jane.Saoirse@example.com",
        "jane.saoirse@example.com",
        "b196432c7b989a2ca91c83799957c515da53e6c13abf20b78fea94f117e90bf8",
        "sZZDLHuYmiypHIN5mVfFFdpT5sE6vyC3j+qU8RfpC/g="),
    Vector(
        "JaneSaoirse+Work@example.com",
        "janesaoirse+work@example.com",
        "28aaee4815230cd3b4ebd88c515226550666e91ac019929e3adac3f66c288180",
        "KKruSBUjDNO069iMUVImVQZm6RrAGZKeOtrD9mwogYA="),
    Vector(
        "JaneSaoirse+UID2@example.com",
        "janesaoirse+uid2@example.com",
        "6e143668c206593d5ecb8a7b2726af74d948438a5ed75febadcbf4bb58ebc427",
        "bhQ2aMIGWT1ey4p7JyavdNlIQ4pe11/rrcv0u1jrxCc="),
    Vector(
        "JANE.SAOIRSE@gmail.com",
        "janesaoirse@gmail.com",
        "92ee26057ed9dea2535d6c8b141d48373932476599196e00352254896db5888f",
        "ku4mBX7Z3qJTXWyLFB1INzkyR2WZGW4ANSJUiW21iI8="),
    Vector(
        "Jane.Saoirse@gmail.com",
        "janesaoirse@gmail.com",
        "92ee26057ed9dea2535d6c8b141d48373932476599196e00352254896db5888f",
        "ku4mBX7Z3qJTXWyLFB1INzkyR2WZGW4ANSJUiW21iI8="),
    Vector(
        "JaneSaoirse+Work@gmail.com",
        "janesaoirse@gmail.com",
        "92ee26057ed9dea2535d6c8b141d48373932476599196e00352254896db5888f",
        "ku4mBX7Z3qJTXWyLFB1INzkyR2WZGW4ANSJUiW21iI8="),
    Vector(
        "JaneSaoirse+UID2@gmail.com",
        "janesaoirse@gmail.com",
        "92ee26057ed9dea2535d6c8b141d48373932476599196e00352254896db5888f",
        "ku4mBX7Z3qJTXWyLFB1INzkyR2WZGW4ANSJUiW21iI8="),
    Vector(
        "janesaoirse@gmail.com",
        "janesaoirse@gmail.com",
        "92ee26057ed9dea2535d6c8b141d48373932476599196e00352254896db5888f",
        "ku4mBX7Z3qJTXWyLFB1INzkyR2WZGW4ANSJUiW21iI8="),
    Vector(
        "jane.doe@gmail.com",
        "janedoe@gmail.com",
        "d6117306485ed0e50afab3ac871e98f81699151f30281527d63ff5f233656c69",
        "1hFzBkhe0OUK+rOshx6Y+BaZFR8wKBUn1j/18jNlbGk="),
    Vector(
        "janedoe+home@gmail.com",
        "janedoe@gmail.com",
        "d6117306485ed0e50afab3ac871e98f81699151f30281527d63ff5f233656c69",
        "1hFzBkhe0OUK+rOshx6Y+BaZFR8wKBUn1j/18jNlbGk="),
    Vector(
        "TEst.TEST@Test.com ",
        "test.test@test.com",
        "76f1028cf2991f26b4fd2221486c0fd26f12813bf5bf32f13d42d43ac9bcf343",
        "dvECjPKZHya0/SIhSGwP0m8SgTv1vzLxPULUOsm880M="),
    Vector(
        "test.test@test.com",
        "test.test@test.com",
        "76f1028cf2991f26b4fd2221486c0fd26f12813bf5bf32f13d42d43ac9bcf343",
        "dvECjPKZHya0/SIhSGwP0m8SgTv1vzLxPULUOsm880M="),
    Vector(
        "test.test@gmail.com",
        "testtest@gmail.com",
        "2e42df16bbadf1373787f7c8bd80e204a49b68c89abbf0ed68b04f418b3374cc",
        "LkLfFrut8Tc3h/fIvYDiBKSbaMiau/DtaLBPQYszdMw="),
    Vector(
        "test.test@gmail.com ",
        "testtest@gmail.com",
        "2e42df16bbadf1373787f7c8bd80e204a49b68c89abbf0ed68b04f418b3374cc",
        "LkLfFrut8Tc3h/fIvYDiBKSbaMiau/DtaLBPQYszdMw="),
    Vector(
        "test.test@gmail.com  ",
        "testtest@gmail.com",
        "2e42df16bbadf1373787f7c8bd80e204a49b68c89abbf0ed68b04f418b3374cc",
        "LkLfFrut8Tc3h/fIvYDiBKSbaMiau/DtaLBPQYszdMw="),
    Vector(
        " test.test@gmail.com",
        "testtest@gmail.com",
        "2e42df16bbadf1373787f7c8bd80e204a49b68c89abbf0ed68b04f418b3374cc",
        "LkLfFrut8Tc3h/fIvYDiBKSbaMiau/DtaLBPQYszdMw="),
    Vector(
        " test.test@gmail.com ",
        "testtest@gmail.com",
        "2e42df16bbadf1373787f7c8bd80e204a49b68c89abbf0ed68b04f418b3374cc",
        "LkLfFrut8Tc3h/fIvYDiBKSbaMiau/DtaLBPQYszdMw="),
    Vector(
        " test.test@gmail.com  ",
        "testtest@gmail.com",
        "2e42df16bbadf1373787f7c8bd80e204a49b68c89abbf0ed68b04f418b3374cc",
        "LkLfFrut8Tc3h/fIvYDiBKSbaMiau/DtaLBPQYszdMw="),
    Vector(
        "  test.test@gmail.com",
        "testtest@gmail.com",
        "2e42df16bbadf1373787f7c8bd80e204a49b68c89abbf0ed68b04f418b3374cc",
        "LkLfFrut8Tc3h/fIvYDiBKSbaMiau/DtaLBPQYszdMw="),
    Vector(
        "  test.test@gmail.com ",
        "testtest@gmail.com",
        "2e42df16bbadf1373787f7c8bd80e204a49b68c89abbf0ed68b04f418b3374cc",
        "LkLfFrut8Tc3h/fIvYDiBKSbaMiau/DtaLBPQYszdMw="),
    Vector(
        "  test.test@gmail.com  ",
        "testtest@gmail.com",
        "2e42df16bbadf1373787f7c8bd80e204a49b68c89abbf0ed68b04f418b3374cc",
        "LkLfFrut8Tc3h/fIvYDiBKSbaMiau/DtaLBPQYszdMw="),
    Vector(
        "TEstTEst@gmail.com  ",
        "testtest@gmail.com",
        "2e42df16bbadf1373787f7c8bd80e204a49b68c89abbf0ed68b04f418b3374cc",
        "LkLfFrut8Tc3h/fIvYDiBKSbaMiau/DtaLBPQYszdMw="),
    Vector(
        " TEstTEst@GMail.Com  ",
        "testtest@gmail.com",
        "2e42df16bbadf1373787f7c8bd80e204a49b68c89abbf0ed68b04f418b3374cc",
        "LkLfFrut8Tc3h/fIvYDiBKSbaMiau/DtaLBPQYszdMw="),
    Vector(
        "TEst.TEst@GMail.Com",
        "testtest@gmail.com",
        "2e42df16bbadf1373787f7c8bd80e204a49b68c89abbf0ed68b04f418b3374cc",
        "LkLfFrut8Tc3h/fIvYDiBKSbaMiau/DtaLBPQYszdMw="),
    Vector(
        "TEst.TEst+123@GMail.Com",
        "testtest@gmail.com",
        "2e42df16bbadf1373787f7c8bd80e204a49b68c89abbf0ed68b04f418b3374cc",
        "LkLfFrut8Tc3h/fIvYDiBKSbaMiau/DtaLBPQYszdMw="),
    Vector(
        "test+test@test.com",
        "test+test@test.com",
        "ad0e32cdd3b3e2e1bc379e37dba432643ebf270aab5e7e259b2df87150a88c1f",
        "rQ4yzdOz4uG8N54326QyZD6/JwqrXn4lmy34cVCojB8="),
    Vector(
        "+test@test.com",
        "+test@test.com",
        "c1e162cce55558a94b7f2a2b6c153ca31603bf81c9b536423ccc99e131f35101",
        "weFizOVVWKlLfyorbBU8oxYDv4HJtTZCPMyZ4THzUQE="),
    Vector(
        "test+test@gmail.com",
        "test@gmail.com",
        "87924606b4131a8aceeeae8868531fbb9712aaa07a5d3a756b26ce0f5d6ca674",
        "h5JGBrQTGorO7q6IaFMfu5cSqqB6XTp1aybOD11spnQ="),
    Vector(
        "testtest@test.com",
        "testtest@test.com",
        "7752ebfece062cb5f74af41532841d20c7db40f30019962bcbed95fb4a599508",
        "d1Lr/s4GLLX3SvQVMoQdIMfbQPMAGZYry+2V+0pZlQg="),
    Vector(
        "testtest@test.com ",
        "testtest@test.com",
        "7752ebfece062cb5f74af41532841d20c7db40f30019962bcbed95fb4a599508",
        "d1Lr/s4GLLX3SvQVMoQdIMfbQPMAGZYry+2V+0pZlQg="),
    Vector(
        "testtest@test.com  ",
        "testtest@test.com",
        "7752ebfece062cb5f74af41532841d20c7db40f30019962bcbed95fb4a599508",
        "d1Lr/s4GLLX3SvQVMoQdIMfbQPMAGZYry+2V+0pZlQg="),
    Vector(
        " testtest@test.com",
        "testtest@test.com",
        "7752ebfece062cb5f74af41532841d20c7db40f30019962bcbed95fb4a599508",
        "d1Lr/s4GLLX3SvQVMoQdIMfbQPMAGZYry+2V+0pZlQg="),
    Vector(
        " testtest@test.com ",
        "testtest@test.com",
        "7752ebfece062cb5f74af41532841d20c7db40f30019962bcbed95fb4a599508",
        "d1Lr/s4GLLX3SvQVMoQdIMfbQPMAGZYry+2V+0pZlQg="),
    Vector(
        " testtest@test.com  ",
        "testtest@test.com",
        "7752ebfece062cb5f74af41532841d20c7db40f30019962bcbed95fb4a599508",
        "d1Lr/s4GLLX3SvQVMoQdIMfbQPMAGZYry+2V+0pZlQg="),
    Vector(
        "  testtest@test.com",
        "testtest@test.com",
        "7752ebfece062cb5f74af41532841d20c7db40f30019962bcbed95fb4a599508",
        "d1Lr/s4GLLX3SvQVMoQdIMfbQPMAGZYry+2V+0pZlQg="),
    Vector(
        "  testtest@test.com ",
        "testtest@test.com",
        "7752ebfece062cb5f74af41532841d20c7db40f30019962bcbed95fb4a599508",
        "d1Lr/s4GLLX3SvQVMoQdIMfbQPMAGZYry+2V+0pZlQg="),
    Vector(
        "  testtest@test.com  ",
        "testtest@test.com",
        "7752ebfece062cb5f74af41532841d20c7db40f30019962bcbed95fb4a599508",
        "d1Lr/s4GLLX3SvQVMoQdIMfbQPMAGZYry+2V+0pZlQg="),
    Vector(
        "😊testtest@test.com",
        "😊testtest@test.com",
        "7c014452a02943457f33d98b8ff20ee780a02a0b50b8044ab0e32ab459250f89",
        "fAFEUqApQ0V/M9mLj/IO54CgKgtQuARKsOMqtFklD4k="),
    Vector(
        "testtest@😊test.com",
        "testtest@😊test.com",
        "b5c9e0e69b6d7fb636cf8ca565344ebc8330d7e215acca51e03d4a7974ab7623",
        "tcng5pttf7Y2z4ylZTROvIMw1+IVrMpR4D1KeXSrdiM="),
    Vector(
        "testtest@test.com😊",
        "testtest@test.com😊",
        "d2a236d453cb92e7b3ffc46cc1f9a2adc1cf633f43b5feff35c875ad258441fd",
        "0qI21FPLkuez/8RswfmircHPYz9Dtf7/Nch1rSWEQf0="),
    Vector(
        "foo@bar.com",
        "foo@bar.com",
        "0c7e6a405862e402eb76a70f8a26fc732d07c32931e9fae9ab1582911d2e8a3b",
        "DH5qQFhi5ALrdqcPiib8cy0Hwykx6frpqxWCkR0uijs="),
    Vector(
        "user2@example.com",
        "user2@example.com",
        "2b3b2b9ce842ab8b6a6c614cb1f9604bb8a0d502d1af49c526b72b10894e95b5",
        "KzsrnOhCq4tqbGFMsflgS7ig1QLRr0nFJrcrEIlOlbU="),
    Vector(
        "test@example.com",
        "test@example.com",
        "973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b",
        "lz3+Rj7IV4X1+Vr1ujkG7tstkxwk5pgkqJ6mXbpOgTs="),
    Vector(
        "test@uidapi.com",
        "test@uidapi.com",
        "fd72524da8c1ebc482532b9cdde3f2c522cd871acc2af25c8e776af13bb05b98",
        "/XJSTajB68SCUyuc3ePyxSLNhxrMKvJcjndq8TuwW5g="),
    Vector(
        "validate@example.com",
        "validate@example.com",
        "9ed236e386514d7c00c29922ebf3397320585bb87f5aae7bea59cdde5f7e5bf7",
        "ntI244ZRTXwAwpki6/M5cyBYW7h/Wq576lnN3l9+W/c="),
    Vector(
        "validate@email.com",
        "validate@email.com",
        "2dd86d525310e7c659cb9614a863d1430e7150c4b97571b9a1c2476091db00a2",
        "LdhtUlMQ58ZZy5YUqGPRQw5xUMS5dXG5ocJHYJHbAKI="),
    Vector(
        "refresh-optout@example.com",
        "refresh-optout@example.com",
        "35a348f115346cbd49a69d6324b0b96893bf95c85cea01a181740803027b715e",
        "NaNI8RU0bL1Jpp1jJLC5aJO/lchc6gGhgXQIAwJ7cV4="),
    Vector(
        "optout@example.com",
        "optout@example.com",
        "0d8b2727caf9f9c8d10c7b9ef7c8081832af2c832ea809bf4512ce0eb8ea2b9d",
        "DYsnJ8r5+cjRDHue98gIGDKvLIMuqAm/RRLODrjqK50="),
    Vector(
        "some.id+testing@gmail.com",
        "someid@gmail.com",
        "81c6c062e581191f43571a4ae7eb28fb949aaac7e87a0ce11f3ee0aff9275934",
        "gcbAYuWBGR9DVxpK5+so+5SaqsfoegzhHz7gr/knWTQ="),
    Vector(
        "testing1@testing.com",
        "testing1@testing.com",
        "6a12be0c383d69aa23f4c21c27d5f695e6c91f0a87619335677f8c6053d8508b",
        "ahK+DDg9aaoj9MIcJ9X2lebJHwqHYZM1Z3+MYFPYUIs="),
]
