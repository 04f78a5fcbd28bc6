import Sealing
import Synchronization
import Testing

@testable import WeCom

/// Gives out tokens t1, t2, … and waits before each for as long as the test holds the door shut.
private actor Issuer {
    private(set) var count = 0
    private var isOpen: Bool
    private var failures: [any Error] = []
    private var waiters = Waiters()

    init(isOpen: Bool = true) {
        self.isOpen = isOpen
    }

    func issue() async throws -> AccessToken {
        count += 1
        let number = count
        if !isOpen {
            let (_, stream) = waiters.add()
            for await _ in stream {}
            try Task.checkCancellation()
        }
        if !failures.isEmpty { throw failures.removeFirst() }
        return AccessToken(Secret("t\(number)"), lifetime: .seconds(7200))
    }

    func fail(with errors: any Error...) { failures = errors }

    func close() { isOpen = false }

    func open() {
        isOpen = true
        waiters.letAllGo()
    }
}

@Suite("Token source", .timeLimit(.minutes(5)))
struct TokenSourceTests {
    private let time = TestTime()

    private func source(_ issuer: Issuer) -> TokenSource<TokenKind.Access> {
        TokenSource(time: time.keeper) { try await issuer.issue() }
    }

    private func until(_ condition: () async -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(20)
        while await !condition() {
            try #require(ContinuousClock.now < deadline)
            await Task.yield()
        }
    }

    @Test("two hundred callers at once make one call")
    func singleFlight() async throws {
        let issuer = Issuer(isOpen: false)
        let source = source(issuer)
        let tokens = try await withThrowingTaskGroup(of: AccessToken.self) { group in
            for _ in 0..<200 { group.addTask { try await source.token() } }
            try await until { await source.waitingCount == 199 }
            await issuer.open()
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(tokens == [AccessToken(Secret("t1"), lifetime: .seconds(7200))])
        #expect(await issuer.count == 1)
    }

    @Test("a token is renewed after four fifths of its life, not before")
    func early() async throws {
        let issuer = Issuer()
        let source = source(issuer)
        _ = try await source.token()
        time.advance(by: .seconds(5759))
        #expect(try await source.token().value == Secret("t1"))
        time.advance(by: .seconds(1))
        #expect(try await source.token().value == Secret("t2"))
    }

    @Test("while a renewal runs early, others go on with the old token")
    func earlyDoesNotBlock() async throws {
        let issuer = Issuer()
        let source = source(issuer)
        _ = try await source.token()
        await issuer.close()
        time.advance(by: .seconds(6000))
        let renewing = Task { try await source.token() }
        try await until { await issuer.count == 2 }
        #expect(try await source.token().value == Secret("t1"))
        await issuer.open()
        #expect(try await renewing.value.value == Secret("t2"))
    }

    @Test("an early renewal that fails in passing is no trouble until the old token ends")
    func earlyFailure() async throws {
        let issuer = Issuer()
        let source = source(issuer)
        _ = try await source.token()
        time.advance(by: .seconds(6000))
        await issuer.fail(with: WeComError(.timeout, path: "gettoken"))
        #expect(try await source.token().value == Secret("t1"))
        time.advance(by: .seconds(1200))
        await issuer.fail(with: WeComError(.timeout, path: "gettoken"))
        await #expect(throws: WeComError.self) { try await source.token() }
        #expect(try await source.token().value == Secret("t4"))
    }

    @Test("a forced renewal fetches only for the token that is still in use")
    func forced() async throws {
        let issuer = Issuer()
        let source = source(issuer)
        let first = try await source.token()
        let tokens = try await withThrowingTaskGroup(of: AccessToken.self) { group in
            for _ in 0..<50 { group.addTask { try await source.renewed(insteadOf: first) } }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(tokens.map(\.value) == [Secret("t2")])
        #expect(await issuer.count == 2)
    }

    @Test("all who wait get the failure of the one call")
    func sharedFailure() async throws {
        let issuer = Issuer(isOpen: false)
        await issuer.fail(with: WeComError(.timeout, path: "gettoken"))
        let source = source(issuer)
        let failures = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    do {
                        _ = try await source.token()
                        return false
                    } catch { return (error as? WeComError)?.cause == .timeout }
                }
            }
            try await until { await source.waitingCount == 19 }
            await issuer.open()
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(failures == 20)
        #expect(await issuer.count == 1)
    }

    @Test("a refusal is remembered for a moment, and forgotten when the credentials change")
    func refusal() async throws {
        let issuer = Issuer()
        let source = source(issuer)
        await issuer.fail(with: WeComError(.api(40001), path: "gettoken"))
        for _ in 0..<10 { await #expect(throws: WeComError.self) { try await source.token() } }
        #expect(await issuer.count == 1)
        time.advance(by: .seconds(3))
        #expect(try await source.token().value == Secret("t2"))
        await issuer.fail(with: WeComError(.api(40001), path: "gettoken"))
        await source.forget()
        await #expect(throws: WeComError.self) { try await source.token() }
        await source.forget()
        #expect(try await source.token().value == Secret("t4"))
    }

    @Test("if who fetches is cancelled, another takes over")
    func takeOver() async throws {
        let issuer = Issuer(isOpen: false)
        let source = source(issuer)
        let leader = Task { try await source.token() }
        try await until { await issuer.count == 1 }
        let follower = Task { try await source.token() }
        try await until { await source.waitingCount == 1 }
        leader.cancel()
        await #expect(throws: CancellationError.self) { try await leader.value }
        try await until { await issuer.count == 2 }
        await issuer.open()
        #expect(try await follower.value.value == Secret("t2"))
    }

    @Test("who is cancelled while waiting leaves at once")
    func leave() async throws {
        let issuer = Issuer(isOpen: false)
        let source = source(issuer)
        let leader = Task { try await source.token() }
        try await until { await issuer.count == 1 }
        let follower = Task { try await source.token() }
        try await until { await source.waitingCount == 1 }
        follower.cancel()
        await #expect(throws: CancellationError.self) { try await follower.value }
        await issuer.open()
        #expect(try await leader.value.value == Secret("t1"))
    }

    @Test("a token does not show")
    func description() {
        #expect(!"\(AccessToken(Secret("t1"), lifetime: .seconds(1)))".contains("t1"))
    }
}
