import Messages
import WeCom

/// Asks for many objects, several at once, until all are answered, the time is over, or WeCom answers nothing more.
struct Questioning: Sendable {
    let ask: @Sendable (DirectoryObject) async throws -> Inquiry.Answer
    /// Calls to WeCom at once.
    let concurrency: Int

    /// Objects in a row that WeCom could not give, before it counts as unreachable.
    private static let failureLimit = 3

    private enum Event: Sendable {
        case answered(Int, Inquiry.Answer)
        case timeIsUp
    }

    /// What came of it.
    struct Outcome: Sendable {
        /// An answer for each object, in their order; what was not asked is unknown, or refused, with the code that kept it
        /// from being asked.
        let answers: [Inquiry.Answer]
        /// By what WeCom showed that it answers nothing more.
        var end: WeComError?
    }

    /// - Parameter end: When what is open is left open; `nil` where nobody waits for it.
    /// - Returns: An answer for each object, in their order.
    /// - Throws: `CancellationError`.
    func answers(
        to objects: [DirectoryObject],
        until end: ContinuousClock.Instant?
    ) async throws -> [Inquiry.Answer] {
        try await outcome(of: objects, until: end).answers
    }

    /// - Parameter end: When what is open is left open; `nil` where nobody waits for it.
    /// - Throws: `CancellationError`.
    func outcome(of objects: [DirectoryObject], until end: ContinuousClock.Instant?) async throws -> Outcome {
        try await withThrowingTaskGroup(of: Event.self) { group in
            defer { group.cancelAll() }
            if let end {
                group.addTask {
                    try await Task.sleep(until: end, clock: .continuous)
                    return .timeIsUp
                }
            }
            var course = Course(objects)
            while true {
                while course.running < concurrency, let (index, object) = course.next() {
                    group.addTask { [ask] in .answered(index, try await ask(object)) }
                }
                guard course.running > 0, end.map({ ContinuousClock.now < $0 }) ?? true else {
                    return Outcome(answers: course.answers)
                }
                switch try await group.next() {
                case .answered(let index, let answer):
                    course.take(answer, at: index)
                    guard course.isOver(failureLimit: Self.failureLimit) else { continue }
                    return Outcome(answers: course.closed(with: answer.error), end: answer.error)
                case .timeIsUp, nil: return Outcome(answers: course.answers)
                }
            }
        }
    }

    /// How far it has come.
    private struct Course {
        private let objects: [DirectoryObject]
        private(set) var answers: [Inquiry.Answer]
        private var isAnswered: [Bool]
        private var position = 0
        private(set) var running = 0
        private var failuresInRow = 0
        private var isStopped = false
        /// What WeCom refuses the app of a whole kind.
        private var refusals: [DirectoryObject.Kind: WeComError] = [:]

        init(_ objects: [DirectoryObject]) {
            self.objects = objects
            answers = objects.map { Inquiry.Answer($0, .unknown) }
            isAnswered = Array(repeating: false, count: objects.count)
        }

        /// What to ask for next.
        mutating func next() -> (Int, DirectoryObject)? {
            while position < objects.count {
                defer { position += 1 }
                let object = objects[position]
                guard let refusal = refusals[object.kind] else {
                    running += 1
                    return (position, object)
                }
                answers[position] = Inquiry.Answer(object, .refused, error: refusal)
                isAnswered[position] = true
            }
            return nil
        }

        mutating func take(_ answer: Inquiry.Answer, at index: Int) {
            running -= 1
            answers[index] = answer
            isAnswered[index] = true
            guard let error = answer.error else {
                failuresInRow = 0
                return
            }
            switch answer.finding.answer {
            case .refused: refusals[answer.finding.object.kind] = error
            case .absent, .present: failuresInRow = 0
            case .unknown where error.isPassing: failuresInRow += 1
            case .unknown: isStopped = !error.concernsOneObject
            }
        }

        /// Whether WeCom will answer nothing more.
        func isOver(failureLimit: Int) -> Bool { isStopped || failuresInRow >= failureLimit }

        /// All that is open gets the code that kept it from being asked.
        func closed(with error: WeComError?) -> [Inquiry.Answer] {
            zip(answers, isAnswered).map { answer, isAnswered in
                isAnswered ? answer : Inquiry.Answer(answer.finding.object, .unknown, error: error)
            }
        }
    }
}

extension WeComError {
    /// Whether it may have passed by the next object: WeCom did not answer, however often it was asked.
    fileprivate var isPassing: Bool { reaction == .retry || reaction == .lowerConcurrency }

    /// Whether the other objects can be asked for all the same.
    fileprivate var concernsOneObject: Bool {
        switch reaction {
        case .skip, .split: true
        // Something in this one's id, unless it is the token.
        case .bug: !wasRenewed
        default: false
        }
    }
}
