import Foundation
import SuiteTesting
import Testing

/// Services of another release beside those of this one: each is replaced while runs go on, as `docs/operations.md` says.
@Suite(
    .serialized,
    .timeLimit(.minutes(20)),
    .enabled(
        if: SuiteGround.isAvailable && SuiteGround.programsBefore != nil,
        "compose/local upgrade --from REF gives the programs of both"
    )
)
struct UpgradeTests {
    private static let tenants = 3

    @Test("copies are replaced one by one while runs go on, and all is as WeCom shows it after each")
    func replaced() async throws {
        let before = try #require(SuiteGround.programsBefore)
        try await withSuite("upgrade", partitions: 2, starting: []) { suite in
            for service in Suite.Service.allCases { try suite[service].start(from: before) }
            for service in Suite.Service.allCases { try await suite.waitUntilReady(service) }
            try await suite.makeUsualClient()
            let tenants = try await connectedTenants(in: suite)
            for service in Suite.Service.allCases {
                let copy = try suite.makeCopy(of: service, number: 2)
                try await work(of: tenants, in: suite) {
                    try copy.start()
                    try await copy.waitUntilReady()
                }
            }
            // Half and half, with nothing that befalls them.
            try await work(of: tenants, in: suite) {}
            for service in Suite.Service.allCases {
                try await work(of: tenants, in: suite) {
                    _ = try await suite[service].stop(within: .seconds(25))
                    try suite[service].start()
                    try await suite.waitUntilReady(service)
                }
            }
            try await work(of: tenants, in: suite) {}
        }
    }

    private func connectedTenants(in suite: Suite) async throws -> [ConnectedTenant] {
        var tenants: [ConnectedTenant] = []
        for number in 0..<Self.tenants {
            let connected = try await suite.connect("upgrade\(number)", users: 300, departments: 20, seed: number + 1)
            #expect(try await suite.synchronize(connected).outcome == "succeeded")
            tenants.append(connected)
        }
        return tenants
    }

    /// People change, and everybody's run reads that while `body` does its work.
    private func work(
        of tenants: [ConnectedTenant],
        in suite: Suite,
        _ body: () async throws -> Void
    ) async throws {
        var runs: [Registry.Run] = []
        for connected in tenants {
            _ = try await suite.simulator.change(connected.corp, update: 10, add: 3, move: 5)
            runs.append(try await suite.registry.startRun(of: connected.provider))
        }
        try await body()
        for run in runs {
            let ended = try await suite.registry.waitForEnd(of: run)
            #expect(ended.outcome == "succeeded", "\(ended.reasons)")
        }
        for connected in tenants {
            #expect(try await suite.differences(of: connected).map(\.description) == [])
            try await suite.waitForPrincipals(of: connected)
        }
    }
}
