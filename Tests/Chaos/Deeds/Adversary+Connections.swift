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

    /// The development broker loses what it acknowledged while it shuts down, which no broker of a cluster does: so it is
    /// left alone first.
    func stopBroker(_ fault: Fault) async throws {
        for copy in field.copies { copy.broker.refuse() }
        try? await Task.sleep(for: Self.saving)
        let result = await asyncResult { try await stop(field.servers.broker, fault) }
        for copy in field.copies { copy.broker.heal() }
        try result.get()
    }

    /// How long the development broker takes at most until what it was told lies on disk.
    private static let saving = Duration.seconds(3)

    /// PostgreSQL's tables lie on a small disk of their own, which somebody else fills.
    func fillDisk(_ fault: Fault) async throws {
        guard let disk = field.servers.disk else { throw Impossible(description: "PostgreSQL has no disk of its own") }
        try disk.fill()
        await last(fault)
        disk.free()
    }
}
