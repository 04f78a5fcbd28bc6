import Foundation
import Hummingbird
import Logging
import ServiceLifecycle
import Testing

@testable import Runtime

@Suite(.timeLimit(.minutes(5))) struct LifecycleTests {
    struct Flaky: Error {}

    @Test("waits grow up to the limit and are never the whole of it by chance")
    func backoff() {
        let steady = Backoff(first: .milliseconds(100), limit: .seconds(1), factor: 2, jitter: 0)
        #expect((1...6).map(steady.delay(attempt:)) == [100, 200, 400, 800, 1_000, 1_000].map { .milliseconds($0) })
        let jittery = Backoff(first: .seconds(1), limit: .seconds(8), factor: 2, jitter: 0.5)
        let waits = (0..<200).map { _ in jittery.delay(attempt: 4) }
        #expect(waits.allSatisfy { $0 >= .seconds(4) && $0 <= .seconds(8) })
        #expect(Set(waits).count > 100)
        #expect(jittery.delay(attempt: Int.max) <= .seconds(8))
    }

    @Test("a transient error is tried again until it passes")
    func retrying() async throws {
        var calls = 0
        let result = try await Runtime.retrying("work", backoff: .quick, logger: .silent) {
            calls += 1
            if calls < 4 { throw Flaky() }
            return calls
        }
        #expect(result == 4)
    }

    @Test("the last error is thrown when all attempts failed")
    func attempts() async {
        var calls = 0
        await #expect(throws: Flaky.self) {
            try await Runtime.retrying("work", attempts: 3, backoff: .quick, logger: .silent) {
                calls += 1
                throw Flaky()
            }
        }
        #expect(calls == 3)
    }

    @Test("an error that does not pass is thrown at once")
    func permanent() async {
        var calls = 0
        await #expect(throws: Flaky.self) {
            try await Runtime.retrying("work", logger: .silent, isTransient: { !($0 is Flaky) }) {
                calls += 1
                throw Flaky()
            }
        }
        #expect(calls == 1)
    }

    @Test("cancellation ends the waiting")
    func cancelled() async {
        let task = Task {
            try await Runtime.retrying("work", backoff: Backoff(first: .seconds(600)), logger: .silent) {
                throw Flaky()
            }
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test("a server on port 0 tells which port it got, and stops when asked to")
    func server() async throws {
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let service = makeServer(router: makeRouter(), port: 0, logger: .silent) { port.yield($0) }
        let group = ServiceGroup(services: [service], logger: .silent)
        async let running: Void = group.run()
        for await port in ports {
            #expect(port > 0)
            break
        }
        await group.triggerGracefulShutdown()
        try await running
    }
}

extension Backoff {
    static let quick = Backoff(first: .microseconds(10), limit: .milliseconds(1))
}

extension Logger {
    static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}
