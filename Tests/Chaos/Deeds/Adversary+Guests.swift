import SuiteTesting

extension Adversary {
    private static let people = 10
    private static let departments = 3

    /// An identity provider is deleted while runs read it.
    func delete(_ fault: Fault) async throws {
        let guest = try await makeGuest(fault)
        _ = try? await field.registry(1).startRun(of: guest.provider)
        await last(fault)
        field.guests.note(.deleted(guest))
        _ = try await insist(on: "the deletion of a guest") {
            // An answer may have been lost.
            try await field.registry(1).client.json(
                "DELETE",
                Registry.deletion(of: guest.provider),
                headers: ["If-Match": "*"],
                expecting: [200, 202, 204, 404]
            )
        }
    }

    /// Another corp takes the place of the one behind an identity provider, while runs read it.
    func reconnect(_ fault: Fault) async throws {
        let guest = try await makeGuest(fault)
        let corp = try await makeCorp(seed: fault.seed / 3)
        _ = try? await field.registry(1).startRun(of: guest.provider)
        await last(fault)
        let app: JSON = [
            "corpID": .string(corp.corpID), "agentID": .integer(corp.agentID), "secret": .string(corp.secret),
        ]
        field.guests.note(.reconnected(guest.reconnected(to: corp)))
        _ = try await insist(on: "the other corp of a guest") {
            try await field.registry(1).change(guest.provider, ["ownApp": app])
        }
    }

    /// An administrator tries again, whatever else goes wrong meanwhile.
    func insist<Value: Sendable>(on what: String, _ body: () async throws -> Value) async throws -> Value {
        try await waitFor(what, within: .seconds(120), every: .milliseconds(500), body)
    }

    /// A tenant that has been synchronised once.
    private func makeGuest(_ fault: Fault) async throws -> ConnectedTenant {
        let corp = try await makeCorp(seed: fault.seed)
        let tries = Counter()
        let guest = try await insist(on: "a guest") {
            tries.add()
            return try await field.registry(1).connect("guest_\(fault.seed)_\(tries.count)", toOwnAppOf: corp)
        }
        let run = try await insist(on: "a guest's run") { try await field.registry(1).startRun(of: guest.provider) }
        _ = try await field.registry(1).waitForEnd(of: run)
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
