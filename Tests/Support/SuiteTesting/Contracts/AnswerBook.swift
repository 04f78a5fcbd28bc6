import Synchronization

/// Keeps every answer that anybody gets from the services of a suite, until they are judged by their documents.
public final class AnswerBook: Sendable {
    private let answers = Mutex<(seen: Set<Int>, new: [Subject])>(([], []))
    private let observation = Mutex<TestClient.Observation?>(nil)

    /// - Parameter service: Whose address something was asked at; nil where it is no service's.
    public init(_ service: @escaping @Sendable (_ origin: String) -> Suite.Service?) {
        let observation = TestClient.observe { [weak self] exchange in
            guard let self, let origin = exchange.origin, let service = service(origin),
                let subject = Subject(exchange, of: service)
            else { return }
            answers.withLock { if $0.seen.insert(subject.hashValue).inserted { $0.new.append(subject) } }
        }
        self.observation.withLock { $0 = observation }
    }

    /// Those that came since the last time, each once.
    public func take() -> [Subject] {
        answers.withLock { answers in
            defer { answers.new = [] }
            return answers.new
        }
    }

    /// Keeps nothing any more.
    public func close() { observation.withLock { $0 = nil } }
}
