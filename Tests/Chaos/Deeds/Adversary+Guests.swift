import SuiteTesting

extension Adversary {
    private static let people = 10
    private static let departments = 3

    /// An identity provider is deleted while runs read it.
    func delete(_ fault: Fault) async throws {
        let guest = try await makeGuest(fault)
        _ = try? await field.registry(1).startRun(of: guest.provider)
        await last(fault)
        try await field.registry(1).delete(guest.provider)
        field.guests.note(.deleted(guest))
    }

    /// Another corp takes the place of the one behind an identity provider, while runs read it.
    func reconnect(_ fault: Fault) async throws {
        let guest = try await makeGuest(fault)
        let corp = try await makeCorp(seed: fault.seed / 3)
        _ = try? await field.registry(1).startRun(of: guest.provider)
        await last(fault)
        try await field.registry(1).change(
            guest.provider,
            [
                "ownApp": [
                    "corpID": .string(corp.corpID), "agentID": .integer(corp.agentID), "secret": .string(corp.secret),
                ]
            ]
        )
        let now = ConnectedTenant(
            tenant: guest.tenant,
            provider: guest.provider,
            corp: corp,
            agentID: corp.agentID,
            title: guest.title
        )
        field.guests.note(.reconnected(now))
    }

    /// A tenant that has been synchronised once.
    private func makeGuest(_ fault: Fault) async throws -> ConnectedTenant {
        let registry = field.registry(1)
        let corp = try await makeCorp(seed: fault.seed)
        let guest = try await registry.connect("guest_\(fault.seed)", toOwnAppOf: corp)
        _ = try await registry.waitForEnd(of: registry.startRun(of: guest.provider), within: .seconds(30))
        return guest
    }

    private func makeCorp(seed: UInt64) async throws -> Simulator.Corp {
        try await field.suite.simulator.makeCorp(
            users: Self.people,
            departments: Self.departments,
            seed: Int(seed % 1_000_000) + 1
        )
    }
}
