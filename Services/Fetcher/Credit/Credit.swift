import Messages
import Synchronization

/// How many pages one holder of a run may have on their way to the writer (architecture.md §3).
final class Credit: Sendable {
    private struct State {
        var window: Window
        var applied = 0
        var isOver = false
        var heardAt = ContinuousClock.now

        /// Pages that may be sent in all.
        var limit: Int { applied + window.pages(at: .now) }
    }

    /// The run was ended by somebody else: the writer has finished it, or the registry gave it up.
    struct RunIsOver: Error, Equatable {}

    /// Nothing was heard of the writer for too long.
    struct NoWord: Error, Equatable {}

    private let patience: Duration
    private let state: Mutex<State>
    private let news: AsyncStream<Void>
    private let newsContinuation: AsyncStream<Void>.Continuation

    /// - Parameters:
    ///   - window: How many pages may be on their way.
    ///   - patience: How long to wait for a page to be applied.
    init(window: Window, patience: Duration) {
        state = Mutex(State(window: window))
        self.patience = patience
        (news, newsContinuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// The writer has applied so many pages.
    func applied(_ pages: Int) {
        state.withLock { state in
            let now = ContinuousClock.now
            if pages > state.applied { state.window.note(applied: pages, at: now) }
            state.applied = max(state.applied, pages)
            state.heardAt = now
        }
        newsContinuation.yield()
    }

    /// Another run is under way on the same partition, whose pages come behind those of this one.
    func meetOther() {
        state.withLock { $0.window.noteOther(at: .now) }
    }

    /// The run has ended.
    func end() {
        state.withLock { $0.isOver = true }
        newsContinuation.yield()
    }

    /// Lets whoever waits look at the clock.
    func tick() { newsContinuation.yield() }

    /// Waits until there is room behind the pages sent so far. For one task alone.
    ///
    /// - Returns: How many more may be sent.
    /// - Throws: ``RunIsOver``, ``NoWord``, `CancellationError`.
    func room(after sent: Int) async throws -> Int {
        let start = ContinuousClock.now
        while true {
            try Task.checkCancellation()
            let (limit, isOver, heardAt) = state.withLock { ($0.limit, $0.isOver, $0.heardAt) }
            if isOver { throw RunIsOver() }
            if limit > sent { return limit - sent }
            guard ContinuousClock.now < max(start, heardAt) + patience else { throw NoWord() }
            for await _ in news { break }
        }
    }
}
