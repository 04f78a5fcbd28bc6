import SuiteTesting

extension Adversary {
    /// How a connection can be in trouble.
    private enum Trouble: CaseIterable { case swallowed, answersLost, slow, refused }

    func befallConnections(_ fault: Fault) async throws {
        let proxies = try copies(of: fault).map { copy in
            switch fault.kind {
            case .database: copy.database
            case .broker: copy.broker
            default: copy.wecom
            }
        }
        var random = SeededGenerator(seed: fault.seed)
        let trouble = Trouble.allCases.randomElement(using: &random) ?? .swallowed
        let delay = Duration.milliseconds(Int.random(in: 20...600, using: &random))
        for proxy in proxies {
            switch trouble {
            case .swallowed: proxy.swallow()
            case .answersLost: proxy.swallowAnswers()
            case .slow: proxy.slow(by: delay)
            case .refused: proxy.refuse()
            }
        }
        await last(fault)
        for proxy in proxies { proxy.heal() }
    }

    func stop(_ server: Server?, _ fault: Fault) async throws {
        guard let server else { throw Impossible(description: "\(fault.kind.rawValue): the server is somebody else's") }
        try await server.stop(abruptly: fault.seed.isMultiple(of: 2))
        await last(fault)
        try await server.start()
    }

    /// PostgreSQL's tables lie on a small disk of their own, which somebody else fills.
    func fillDisk(_ fault: Fault) async throws {
        guard let disk = field.servers.disk else { throw Impossible(description: "PostgreSQL has no disk of its own") }
        try disk.fill()
        await last(fault)
        disk.free()
    }
}
