// swift-tools-version: 6.2
import PackageDescription

/// Every target of ours is compiled with these.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

/// Everything but the modules that wrap C also proves that it holds no unsafe code.
let safe = strict + [.strictMemorySafety()]

extension Target.Dependency {
    static let argumentParser = product(name: "ArgumentParser", package: "swift-argument-parser")
    static let configuration = product(name: "Configuration", package: "swift-configuration")
    static let crypto = product(name: "Crypto", package: "swift-crypto")
    static let cryptoExtras = product(name: "CryptoExtras", package: "swift-crypto")
    static let deque = product(name: "DequeModule", package: "swift-collections")
    static let http = product(name: "Hummingbird", package: "hummingbird")
    static let httpClient = product(name: "AsyncHTTPClient", package: "async-http-client")
    static let httpTesting = product(name: "HummingbirdTesting", package: "hummingbird")
    static let jwt = product(name: "JWTKit", package: "jwt-kit")
    static let lifecycle = product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
    static let logging = product(name: "Logging", package: "swift-log")
    static let metrics = product(name: "Metrics", package: "swift-metrics")
    static let metricsCore = product(name: "CoreMetrics", package: "swift-metrics")
    static let mustache = product(name: "Mustache", package: "swift-mustache")
    static let nio = product(name: "NIOCore", package: "swift-nio")
    static let nioFoundation = product(name: "NIOFoundationCompat", package: "swift-nio")
    static let nioHTTP1 = product(name: "NIOHTTP1", package: "swift-nio")
    static let nioPosix = product(name: "NIOPosix", package: "swift-nio")
    static let signals = product(name: "UnixSignals", package: "swift-service-lifecycle")
    static let yaml = product(name: "Yams", package: "Yams")
}

/// A module of `Shared/`.
func shared(
    _ name: String,
    _ dependencies: [Target.Dependency],
    excluding excluded: [String] = [],
    resources: [Resource] = [],
    settings: [SwiftSetting] = safe
) -> Target {
    .target(
        name: name,
        dependencies: dependencies,
        path: "Shared/\(name)",
        exclude: excluded,
        resources: resources,
        swiftSettings: settings
    )
}

/// A program of `Services/`.
func service(
    _ name: String,
    _ dependencies: [Target.Dependency],
    excluding excluded: [String] = [],
    resources: [Resource] = []
) -> Target {
    .executableTarget(
        name: name,
        dependencies: dependencies,
        path: "Services/\(name)",
        exclude: excluded,
        resources: resources,
        swiftSettings: safe
    )
}

/// The tests of one module or service, in `Tests/<name>Tests`.
func tests(
    of name: String,
    _ dependencies: [Target.Dependency],
    resources: [Resource] = [],
    settings: [SwiftSetting] = safe
) -> Target {
    .testTarget(
        name: "\(name)Tests",
        dependencies: [.byName(name: name)] + dependencies,
        path: "Tests/\(name)Tests",
        resources: resources,
        swiftSettings: settings
    )
}

/// A library under `Tests/Support`, for several test targets.
func support(
    _ name: String,
    _ dependencies: [Target.Dependency],
    exclude: [String] = [],
    settings: [SwiftSetting] = safe
) -> Target {
    .target(
        name: name,
        dependencies: dependencies,
        path: "Tests/Support/\(name)",
        exclude: exclude,
        swiftSettings: settings
    )
}

let package = Package(
    name: "wecom-bridge",
    products: [
        .executable(name: "idp-registry", targets: ["Registry"]),
        .executable(name: "wecom-fetcher", targets: ["Fetcher"]),
        .executable(name: "directory-mapper", targets: ["Mapper"]),
        .executable(name: "directory-writer", targets: ["Writer"]),
        .executable(name: "auth-verifier", targets: ["Verifier"]),
        .executable(name: "admin-console", targets: ["Console"]),
        .executable(name: "bridgectl", targets: ["Control"]),
        .executable(name: "wecom-simulator", targets: ["WeComSimulator"]),
        .executable(name: "bridge-demo", targets: ["Demo"]),
        .executable(name: "bridge-bench", targets: ["Benchmarks"]),
        .executable(name: "bridge-chaos", targets: ["Chaos"]),
        .library(name: "AllocationCounter", type: .dynamic, targets: ["AllocationCounter"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.0.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.0"),
    ],
    targets: [
        .systemLibrary(
            name: "CRdKafka",
            path: "Shared/CRdKafka",
            pkgConfig: "rdkafka",
            providers: [.apt(["librdkafka-dev"])]
        ),
        .systemLibrary(
            name: "CPostgres",
            path: "Shared/CPostgres",
            pkgConfig: "libpq",
            providers: [.apt(["libpq-dev"])]
        ),
        .systemLibrary(
            name: "CQREncode",
            path: "Shared/CQREncode",
            pkgConfig: "libqrencode",
            providers: [.apt(["libqrencode-dev"])]
        ),

        .systemLibrary(name: "CMalloc", path: "Shared/CMalloc"),

        shared("Executors", []),
        shared("Failures", []),
        shared("JSONCoding", []),
        shared("Sealing", [.crypto]),
        shared("Traces", ["JSONCoding"]),
        shared("Kafka", ["CRdKafka", "Executors", "Failures", .logging, .lifecycle], settings: strict),
        shared(
            "Postgres",
            ["CPostgres", "Executors", "JSONCoding", "Failures", .lifecycle, .logging, .metrics],
            settings: strict
        ),
        shared("Messages", ["JSONCoding", "Sealing", "Traces", .crypto], excluding: ["README.md"]),
        shared("ClientRules", ["Messages", "Sealing"]),
        shared("Expressions", []),
        shared("Phrases", [], resources: [.copy("Sentences")]),
        shared("Mapping", ["Expressions", "JSONCoding", "Messages"]),
        shared("MessageSchemas", ["JSONCoding", "Messages", "Sealing"]),
        shared(
            "Runtime",
            [
                "CMalloc", .configuration, .http, .httpClient, .lifecycle, .logging, .metrics, .metricsCore, .nio,
                .nioHTTP1, .signals, "Sealing", "Traces",
            ]
        ),
        shared("Web", ["Runtime", .http, .mustache, .nio]),
        shared(
            "Outbox",
            ["Failures", "Kafka", "Messages", "Postgres", "Runtime", .lifecycle, .logging, .metrics]
        ),
        shared("Exports", []),
        shared("BackgroundWork", ["Failures", "Postgres", "Runtime", .lifecycle, .logging, .metrics]),
        shared("Resealing", ["BackgroundWork", "Messages", "Postgres", "Runtime", "Sealing", .lifecycle, .logging]),
        shared("Pipeline", ["Failures", "Kafka", "Messages", "Runtime", .lifecycle, .logging, .metrics]),
        shared("Replay", ["JSONCoding", "Kafka", "Messages", "Pipeline", .logging]),
        shared("Examination", ["Pipeline", "Postgres"]),
        shared(
            "Rebuild",
            [
                "BackgroundWork", "Failures", "Kafka", "Messages", "Pipeline", "Postgres", "Runtime", .http, .lifecycle,
                .logging,
            ]
        ),
        shared(
            "WeCom",
            [
                "Executors", "JSONCoding", "Runtime", "Sealing", .crypto, .cryptoExtras, .deque, .httpClient, .logging,
                .metrics, .nio, .nioHTTP1, .nioPosix,
            ]
        ),
        shared(
            "Egress",
            [
                "BackgroundWork", "Executors", "Messages", "Postgres", "Runtime", "Sealing", "WeCom", .http,
                .httpClient, .nio, .nioHTTP1,
            ]
        ),

        service(
            "Registry",
            [
                "BackgroundWork", "ClientRules", "CQREncode", "Egress", "Examination", "Executors", "Exports",
                "Expressions", "Failures", "JSONCoding", "Kafka", "Mapping", "Messages", "Outbox", "Phrases",
                "Pipeline", "Postgres", "Replay", "Resealing", "Runtime", "Sealing", "Traces", "WeCom",
                .configuration, .crypto, .http, .httpClient, .lifecycle, .logging, .metrics, .nio, .nioHTTP1,
            ],
            resources: [.copy("openapi.json")]
        ),
        service(
            "Fetcher",
            [
                "BackgroundWork", "Egress", "Failures", "JSONCoding", "Kafka", "Messages", "Pipeline", "Postgres",
                "Runtime", "Sealing", "Traces", "WeCom",
                .configuration, .deque, .httpClient, .lifecycle, .logging, .metrics,
            ]
        ),
        service(
            "Mapper",
            [
                "Failures", "JSONCoding", "Kafka", "Mapping", "Messages", "Pipeline", "Runtime", "Traces",
                .configuration, .lifecycle, .logging, .metrics,
            ]
        ),
        service(
            "Writer",
            [
                "BackgroundWork", "Exports", "Failures", "JSONCoding", "Kafka", "Messages", "Outbox", "Pipeline",
                "Postgres", "Rebuild", "Runtime", "Sealing", "Traces",
                .configuration, .crypto, .http, .httpClient, .lifecycle, .logging, .metrics, .nio, .nioHTTP1,
            ],
            resources: [.embedInCode("openapi.json")]
        ),
        service(
            "Verifier",
            [
                "BackgroundWork", "ClientRules", "Egress", "Failures", "JSONCoding", "Kafka", "Messages", "Outbox",
                "Pipeline", "Postgres", "Rebuild", "Resealing", "Runtime", "Sealing", "Traces", "Web", "WeCom",
                .configuration, .crypto, .cryptoExtras, .http, .httpClient, .jwt, .lifecycle, .logging, .metrics,
                .mustache, .nioHTTP1,
            ],
            resources: [.copy("Pages/Templates"), .copy("openapi.json")]
        ),
        service(
            "Console",
            [
                "JSONCoding", "Phrases", "Runtime", "Sealing", "Traces", "Web",
                .configuration, .crypto, .http, .httpClient, .lifecycle, .logging, .mustache, .nio, .nioHTTP1,
            ],
            resources: [
                .copy("Pages/Templates"), .copy("Assets"), .copy("Languages/Texts"),
            ]
        ),
        service(
            "Control",
            [
                "Examination", "Failures", "JSONCoding", "Kafka", "MessageSchemas", "Messages", "Pipeline", "Postgres",
                "Replay", "Runtime", "Sealing", "WeCom", .argumentParser, .configuration, .httpClient, .logging, .nio,
                .nioFoundation, .nioHTTP1, .yaml,
            ]
        ),

        .executableTarget(
            name: "WeComSimulator",
            dependencies: [
                .argumentParser, .crypto, .cryptoExtras, .http, .httpClient, .lifecycle, .logging, .nio, .nioHTTP1,
            ],
            path: "Tests/WeComSimulator",
            swiftSettings: safe
        ),
        .executableTarget(
            name: "Demo",
            dependencies: ["SuiteTesting", .argumentParser, .logging],
            path: "Tests/Demo",
            swiftSettings: safe
        ),
        .executableTarget(
            name: "Benchmarks",
            dependencies: [
                "DeadLetterTesting", "Failures", "JSONCoding", "Kafka", "Mapping", "Messages", "Pipeline",
                "Postgres", "SuiteTesting", .argumentParser, .crypto, .lifecycle, .logging,
            ],
            path: "Tests/Benchmarks",
            exclude: ["Logon/authlib_provider.py"],
            swiftSettings: safe
        ),
        .executableTarget(
            name: "Chaos",
            dependencies: ["Kafka", "Messages", "Pipeline", "Postgres", "SuiteTesting", .argumentParser, .logging],
            path: "Tests/Chaos",
            exclude: ["Defences"],
            swiftSettings: safe
        ),
        .target(name: "AllocationCounter", path: "Tests/Support/AllocationCounter"),
        support("KafkaTesting", ["CRdKafka", "Kafka", .logging], settings: strict),
        support("DeadLetterTesting", ["Failures", "Kafka", "Messages", "Outbox", "Pipeline", "Postgres"]),
        support("LogTesting", [.logging]),
        support("ProgramTesting", []),
        support("ProxyTesting", [.nio, .nioPosix]),
        support("PostgresTesting", ["Postgres", .logging], settings: strict),
        support(
            "SuiteTesting",
            [
                "Kafka", "Messages", "Pipeline", "Postgres",
                .crypto, .httpClient, .logging, .nio, .nioFoundation, .nioHTTP1, .nioPosix,
            ],
            exclude: ["Contracts/contracts.py"]
        ),

        tests(of: "Expressions", ["Mapping"]),
        tests(of: "JSONCoding", []),
        tests(of: "Sealing", []),
        tests(of: "Traces", []),
        tests(of: "Resealing", ["Postgres", "PostgresTesting", "Sealing", .lifecycle, .logging]),
        tests(of: "ClientRules", ["Messages", "Sealing"]),
        tests(of: "Kafka", ["Failures", "KafkaTesting", .lifecycle, .logging], settings: strict),
        tests(of: "Postgres", ["Failures", "LogTesting", "PostgresTesting", .lifecycle, .logging]),
        tests(of: "Messages", ["JSONCoding", "MessageSchemas", .yaml], resources: [.copy("Samples")]),
        tests(
            of: "Runtime",
            ["KafkaTesting", "Sealing", .http, .httpTesting, .lifecycle, .logging, .metrics, .metricsCore, .nio]
        ),
        tests(
            of: "Outbox",
            ["Failures", "KafkaTesting", "LogTesting", "Messages", "PostgresTesting", "Runtime", .lifecycle, .logging]
        ),
        tests(of: "BackgroundWork", ["Failures", "KafkaTesting", "PostgresTesting", "Runtime", .lifecycle, .logging]),
        tests(
            of: "Pipeline",
            [
                "Failures", "KafkaTesting", "Kafka", "LogTesting", "Messages", "ProgramTesting", "Runtime", .lifecycle,
                .logging,
            ]
        ),
        tests(of: "Replay", ["Kafka", "KafkaTesting", "Messages", "Pipeline"]),
        tests(
            of: "Rebuild",
            [
                "Failures", "Kafka", "KafkaTesting", "Messages", "Pipeline", "Postgres", "PostgresTesting", "Runtime",
                .http, .httpTesting, .logging, .nio,
            ]
        ),
        tests(
            of: "WeCom",
            [
                "LogTesting", "ProxyTesting", "Runtime", "Sealing", .crypto, .cryptoExtras, .http, .httpClient,
                .httpTesting, .logging, .nio,
            ]
        ),
        tests(
            of: "Egress",
            ["BackgroundWork", "Messages", "Postgres", "PostgresTesting", "Runtime", "Sealing", "WeCom", .http]
        ),
        tests(
            of: "Registry",
            [
                "BackgroundWork", "Egress", "Exports", "KafkaTesting", "PostgresTesting", "ProxyTesting", "Messages",
                "Phrases", "Resealing", "WeCom",
                .crypto, .http, .httpClient, .httpTesting, .lifecycle, .logging, .nio, .nioHTTP1,
            ]
        ),
        tests(
            of: "Fetcher",
            [
                "BackgroundWork", "Egress", "Failures", "KafkaTesting", "PostgresTesting", "Messages", "WeCom", .http,
                .httpTesting, .logging,
            ]
        ),
        tests(
            of: "Mapper",
            ["Failures", "Fetcher", "KafkaTesting", "Mapping", "Messages", "JSONCoding", "Traces", .logging]
        ),
        tests(
            of: "Writer",
            [
                "BackgroundWork", "Failures", "KafkaTesting", "Mapping", "PostgresTesting", "Rebuild", "SuiteTesting",
                "Messages", "JSONCoding", .http, .httpTesting, .logging,
            ]
        ),
        tests(
            of: "Verifier",
            [
                "Egress", "KafkaTesting", "PostgresTesting", "ProxyTesting", "Messages", "Rebuild", "Resealing", "Web",
                "WeCom", .http, .httpTesting, .jwt, .logging,
            ]
        ),
        tests(
            of: "Console",
            [
                "JSONCoding", "Phrases", "Runtime", "Sealing", "Web", .http, .httpClient, .httpTesting, .logging,
                .mustache, .nio,
            ]
        ),
        tests(
            of: "Control",
            [
                "DeadLetterTesting", "Examination", "Failures", "JSONCoding", "Kafka", "KafkaTesting", "MessageSchemas",
                "Messages", "Outbox", "Pipeline", "Postgres", "PostgresTesting", "Runtime", "WeCom", .argumentParser,
                .http, .lifecycle, .httpTesting, .logging, .nio,
            ]
        ),
        tests(of: "Demo", []),
        tests(of: "Chaos", ["Kafka", "Messages", "Postgres", "SuiteTesting", .logging]),
        tests(
            of: "WeComSimulator",
            ["ProgramTesting", .http, .httpTesting, .httpClient, .logging],
            resources: [.copy("public_client_check.py")]
        ),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "KafkaTesting", "ProgramTesting", "ProxyTesting", "SuiteTesting", "Kafka", "Messages", "Pipeline",
                "Postgres", "Runtime", .http, .lifecycle, .logging, .nio,
            ],
            path: "Tests/EndToEndTests",
            exclude: ["OpenIDClients", "SCIMClients"],
            swiftSettings: safe
        ),
    ]
)
