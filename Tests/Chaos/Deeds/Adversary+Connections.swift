import SuiteTesting

extension Adversary {
    /// How a connection can be in trouble.
    private enum Trouble: CaseIterable { case swallowed, answersLost, slow, refused }

    func befallConnections(_ fault: Fault) async throws {
        let copy = field.copy(try victim(of: fault))
        let proxy =
            switch fault.kind {
            case .database: copy.database
            case .broker: copy.broker
            default: copy.wecom
            }
        var random = SeededGenerator(seed: fault.seed)
        switch Trouble.allCases.randomElement(using: &random) ?? .swallowed {
        case .swallowed: proxy.swallow()
        case .answersLost: proxy.swallowAnswers()
        case .slow: proxy.slow(by: .milliseconds(Int.random(in: 20...600, using: &random)))
        case .refused: proxy.refuse()
        }
        await last(fault)
        proxy.heal()
    }

    func stop(_ server: Server?, _ fault: Fault) async throws {
        guard let server else { throw Impossible(description: "\(fault.kind.rawValue): the server is somebody else's") }
        try await server.stop()
        await last(fault)
        try await server.start()
    }
}
