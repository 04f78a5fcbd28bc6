import SuiteTesting

/// Tenants whose WeCom hangs, refuses for its frequency limit, or answers garbage whenever people are asked for.
struct TroubledTenants {
    private static let troubles: [(name: String, fault: JSON)] = [
        ("hanging", ["path": "user/list", "kind": "delay", "seconds": 600]),
        ("limited", ["path": "user/list", "kind": "errcode", "code": 45_009]),
        ("garbled", ["path": "user/list", "kind": "garbage"]),
    ]
    private static let people = (users: 50, departments: 5)

    /// How many there are of each.
    let each: Int

    func connect(in measured: MeasuredSuite) async throws -> [ConnectedTenant] {
        var tenants: [ConnectedTenant] = []
        for (name, fault) in Self.troubles {
            for number in 0..<each {
                let tenant = try await measured.connect(
                    "\(name)_\(number)",
                    users: Self.people.users,
                    departments: Self.people.departments
                )
                try await measured.suite.simulator.order(fault, for: tenant.corp)
                tenants.append(tenant)
            }
        }
        return tenants
    }
}
