import Messages
import Pipeline
import SuiteTesting

extension Field {
    private static let connecting = 4

    /// Starts all copies, connects the tenants, and waits until the directory of each is what WeCom shows.
    static func make(in suite: Suite, tenants: Int, copies: Int, seed: UInt64) async throws -> Field {
        var all: [Copy] = []
        for service in Suite.Service.allCases {
            for number in 1...copies { all.append(try await Copy(Victim(service: service, copy: number), in: suite)) }
        }
        for copy in all { try copy.start() }
        for copy in all { try await copy.process.waitUntilReady() }
        try await suite.makeUsualClient()
        let connected = try await connectAll(tenants, in: suite, seed)
        let forgers = try await makeForgers(in: suite)
        let changes = try await waitFor("the first changes of the directory", within: .seconds(30)) {
            try await suite.messages(on: TopicCatalogue.directoryChanges).first
        }
        return Field(
            suite: suite,
            copies: all,
            tenants: connected,
            servers: Servers.found(for: suite),
            supervisor: Supervisor(all),
            presence: Presence(tenants: tenants),
            forgers: forgers,
            incarnation: try changes.decode(DirectoryChanges.self).incarnation,
            sessions: Sessions(),
            breaches: BreachBook()
        )
    }

    private static func connectAll(_ tenants: Int, in suite: Suite, _ seed: UInt64) async throws -> [ConnectedTenant] {
        try await suite.simulator.liftLimits()
        return try await withThrowingTaskGroup(of: (Int, ConnectedTenant).self) { group in
            var connected: [Int: ConnectedTenant] = [:]
            for number in 0..<tenants {
                if number >= connecting, let next = try await group.next() { connected[next.0] = next.1 }
                group.addTask { (number, try await connect(number, in: suite, seed)) }
            }
            for try await next in group { connected[next.0] = next.1 }
            return (0..<tenants).compactMap { connected[$0] }
        }
    }

    /// Every second tenant is connected by the QR code, and so is told of changes by events; the others by an own app.
    private static func connect(_ number: Int, in suite: Suite, _ seed: UInt64) async throws -> ConnectedTenant {
        let corp = try await suite.simulator.makeCorp(
            users: people,
            departments: departments,
            seed: Int(truncatingIfNeeded: (seed &+ UInt64(number)) & 0xFFFF_FFFF) + 1
        )
        let name = "t\(number)"
        let connected = try await connect(name, to: corp, isByCode: number.isMultiple(of: 2), in: suite)
        try await plant(in: connected, number: number, suite)
        return connected
    }

    private static func connect(
        _ name: String,
        to corp: Simulator.Corp,
        isByCode: Bool,
        in suite: Suite
    ) async throws -> ConnectedTenant {
        if isByCode {
            return try await suite.registry.connect(
                name,
                to: corp,
                in: suite.simulator,
                redirectHost: suite.verifierHost
            )
        }
        let connected = try await suite.registry.connect(name, toOwnAppOf: corp)
        try await suite.simulator.set(
            ["redirectDomain": .string(suite.verifierHost)],
            of: connected.agentID,
            in: corp
        )
        return connected
    }

    /// Whoever forges does so in the name of a tenant that is there for that alone, and is not compared.
    private static func makeForgers(in suite: Suite) async throws -> Forgers {
        Forgers(
            ofMessages: try await makeForger("messages", in: suite),
            ofCommands: try await makeForger("commands", in: suite),
            ofPages: try await makeForger("pages", in: suite),
            ofPeople: try await makeForger("people", in: suite),
            ofChanges: try await makeForger("changes", in: suite)
        )
    }

    private static func makeForger(_ name: String, in suite: Suite) async throws -> Forger {
        let corp = try await suite.simulator.makeCorp(users: 5, departments: 2)
        let connected = try await suite.registry.connect("forged_\(name)", toOwnAppOf: corp)
        _ = try await suite.registry.waitForEnd(of: suite.registry.startRun(of: connected.provider))
        guard let tenant = TenantID(connected.tenant.id), let provider = IdentityProviderID(connected.provider.id)
        else {
            throw SuiteFailure(what: "the registry gave no ids", log: connected.provider.id)
        }
        return Forger(tenant: tenant, identityProvider: provider, namespace: suite.namespace)
    }

    /// Ends what does not end with the suite.
    func close() async {
        for copy in copies { await copy.close() }
    }
}
