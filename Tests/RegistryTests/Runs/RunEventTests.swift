import AsyncHTTPClient
import Foundation
import Logging
import Messages
import NIOCore
import NIOHTTP1
import Postgres
import PostgresTesting
import Runtime
import ServiceLifecycle
import Synchronization
import Testing

@testable import Registry

/// A run's progress as server-sent events, from a real server.
@Suite(.enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"), .timeLimit(.minutes(5)))
struct RunEventTests {
    @Test("a run is told of as it is, as it goes on, and at its end, which ends the stream")
    func progress() async throws {
        try await withServer { registry, url in
            let run = try await registry.startRun(try await registry.makeConnectedProvider())
            try await EventReader.open(url, run) { stream in
                let first = try await stream.event()
                #expect(first.kind == "progress")
                #expect(first.data["state"] == "requested")
                let news = StageProgress(stage: .fetcher, pages: 3)
                try await registry.deliver([try await registry.record(news, of: run)])
                let second = try await stream.event()
                #expect(second.data["state"] == "running")
                #expect(second.data["progress"]["pages"] == 3)
                try await registry.finish(run)
                let last = try await stream.event()
                #expect(last.kind == "finished")
                #expect(last.data["outcome"] == "succeeded")
                #expect(Set([first.id, second.id, last.id]).count == 3)
                #expect(try await stream.isOver())
            }
        }
    }

    @Test("a run that cannot be read keeps nobody from hearing of another")
    func unreadable() async throws {
        try await withRegistry { registry in
            var listened: [(run: JSON, changes: AsyncStream<RunWatch.Event>)] = []
            let watch = registry.components.runWatch
            let caller = Caller(actor: .bootstrap, role: .owner, tenant: nil)
            for _ in 0..<2 {
                let run = try await registry.startRun(try await registry.makeConnectedProvider())
                let id = try #require(run["id"].string.flatMap { RunID($0) })
                let known = try await registry.components.runs.find(id, for: caller)
                listened.append((run, try #require(watch.listen(to: known, as: "test"))))
            }
            let (bad, good) = (listened[0], listened[1])
            let id = try #require(bad.run["id"].string)
            try await registry.database.run(
                "update registry.runs set kind = 'of a later version' where id = \(id)::uuid"
            )
            try await registry.finish(good.run)
            await watch.look()
            var (told, ended) = (good.changes.makeAsyncIterator(), bad.changes.makeAsyncIterator())
            guard case .changed(let run)? = await told.next() else { throw NothingTold() }
            #expect(run.state == .finished)
            let end = await ended.next()
            #expect(end == nil)
        }
    }

    private struct NothingTold: Error {}

    @Test("who comes back with the last event's id is not told the same again; of a run that is over, nothing more")
    func comesBack() async throws {
        try await withServer { registry, url in
            let run = try await registry.startRun(try await registry.makeConnectedProvider())
            let first = try await EventReader.open(url, run) { try await $0.event() }
            try await EventReader.open(url, run, after: first.id) { stream in
                try await registry.finish(run)
                let last = try await stream.event()
                #expect(last.kind == "finished")
                let headers = ["Last-Event-ID": last.id]
                let path = "runs/\(run["id"].string ?? "")/events"
                #expect(try await registry.send(.get, path, headers: headers).status == 204)
                let whole = try await registry.send(.get, path)
                #expect(whole.header("Content-Type") == "text/event-stream")
                #expect(whole.text.contains("event: finished\n"))
            }
        }
    }

    @Test("a key may listen to so many streams at once; those that are closed make room")
    func bounded() async throws {
        try await withServer({ $0.runWatch.mostOfOneKey = 4 }) { registry, url in
            let run = try await registry.startRun(try await registry.makeConnectedProvider())
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 1...4 {
                    group.addTask {
                        try await EventReader.open(url, run) { stream in
                            _ = try await stream.event()
                            _ = try await stream.event()
                        }
                    }
                }
                try await waitUntil { registry.components.runWatch.listeners == 4 }
                let path = "runs/\(run["id"].string ?? "")/events"
                let refused = try await registry.send(.get, path)
                #expect(refused.status == 429)
                #expect(refused.header("Retry-After") == "30")
                group.cancelAll()
                while let result = await group.nextResult() { _ = result }
            }
            try await waitUntil { registry.components.runWatch.listeners == 0 }
            try await EventReader.open(url, run) { _ = try await $0.event() }
        }
    }

    @Test("many listeners cost one look at the database")
    func oneLook() async throws {
        try await withRegistry({ $0.runWatch.mostOfOneKey = 500 }) { registry in
            let json = try await registry.startRun(try await registry.makeConnectedProvider())
            let id = try #require(json["id"].string.flatMap { RunID($0) })
            let run = try await registry.components.runs.find(id, for: .everywhere)
            let watch = registry.components.runWatch
            let streams = (0..<500).compactMap { _ in watch.listen(to: run, as: "k") }
            #expect(streams.count == 500)
            try await registry.finish(json)
            await watch.look()
            for stream in streams {
                var kinds: [RunWatch.Event] = []
                for await event in stream { kinds.append(event) }
                #expect(kinds.count == 1)
            }
            #expect(watch.listeners == 0)
        }
    }

    @Test("a listener hears something now and then though nothing changes, and is let go after a while")
    func heartbeat() async throws {
        try await withRegistry({ $0.runWatch.heartbeat = .zero }) { registry in
            let json = try await registry.startRun(try await registry.makeConnectedProvider())
            let id = try #require(json["id"].string.flatMap { RunID($0) })
            let run = try await registry.components.runs.find(id, for: .everywhere)
            let stream = try #require(registry.components.runWatch.listen(to: run, as: "k"))
            await registry.components.runWatch.look()
            var iterator = stream.makeAsyncIterator()
            #expect(await iterator.next() == .quiet)
        }
        try await withRegistry({ $0.runWatch.longest = .zero }) { registry in
            let json = try await registry.startRun(try await registry.makeConnectedProvider())
            let id = try #require(json["id"].string.flatMap { RunID($0) })
            let run = try await registry.components.runs.find(id, for: .everywhere)
            let stream = try #require(registry.components.runWatch.listen(to: run, as: "k"))
            await registry.components.runWatch.look()
            for await _ in stream {}
            #expect(registry.components.runWatch.listeners == 0)
        }
    }

    @Test("a registry that stops lets its listeners go at once")
    func stops() async throws {
        let stopped = Mutex<Duration?>(nil)
        try await withServer(whenStopped: { duration in stopped.withLock { $0 = duration } }) { registry, url in
            let run = try await registry.startRun(try await registry.makeConnectedProvider())
            let (opened, open) = AsyncStream.makeStream(of: Void.self)
            let listening = Task {
                try await EventReader.open(url, run) { stream in
                    _ = try await stream.event()
                    open.yield()
                    _ = try? await stream.isOver()
                }
            }
            for await _ in opened { break }
            return { try await listening.value }
        }
        let duration = try #require(stopped.withLock { $0 })
        // A second on an idle machine; it would be minutes if the stream kept the server waiting.
        print("stopped beside a listener after \(duration)")
        #expect(duration < .seconds(30), "\(duration)")
    }
}

/// Runs a test against a registry with a real server.
private func withServer(
    _ adjust: (inout Settings) -> Void = { _ in },
    _ test: @escaping @Sendable (TestRegistry, String) async throws -> Void
) async throws {
    try await withServer(adjust, whenStopped: { _ in }) { registry, url in
        try await test(registry, url)
        return {}
    }
}

/// The same; what the test returns is done after the server has stopped.
private func withServer(
    _ adjust: (inout Settings) -> Void = { _ in },
    whenStopped: @escaping @Sendable (Duration) -> Void,
    _ test: @escaping @Sendable (TestRegistry, String) async throws -> @Sendable () async throws -> Void
) async throws {
    try await withRegistry(adjust) { registry in
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let router = API(components: registry.components, logger: TestRegistry.quiet).router()
        let server = makeServer(router: router, port: 0, logger: TestRegistry.quiet) { port.yield($0) }
        let group = ServiceGroup(services: [registry.components.runWatch, server], logger: TestRegistry.quiet)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            for await port in ports {
                let rest: @Sendable () async throws -> Void
                do {
                    rest = try await test(registry, "http://127.0.0.1:\(port)/api/v1")
                } catch {
                    await group.triggerGracefulShutdown()
                    throw error
                }
                let start = ContinuousClock.now
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
                whenStopped(.now - start)
                try await rest()
                break
            }
        }
    }
}

private func waitUntil(_ condition: () -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(120)
    while !condition() {
        try #require(ContinuousClock.now < deadline)
        try await Task.sleep(for: .milliseconds(20))
    }
}

/// A client that reads events one by one.
private struct EventReader {
    struct Event: Sendable {
        var id = ""
        var kind = ""
        var data = JSON.null
    }

    private var chunks: HTTPClientResponse.Body.AsyncIterator
    private var text = ""

    static func open<Result: Sendable>(
        _ url: String,
        _ run: JSON,
        after last: String? = nil,
        _ body: (inout EventReader) async throws -> Result
    ) async throws -> Result {
        var request = HTTPClientRequest(url: "\(url)/runs/\(run["id"].string ?? "")/events")
        request.headers.add(name: "authorization", value: "Bearer \(TestRegistry.bootstrapKey)")
        if let last { request.headers.add(name: "last-event-id", value: last) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        try #require(response.status == .ok)
        var stream = EventReader(chunks: response.body.makeAsyncIterator())
        return try await body(&stream)
    }

    /// The next event, without what only keeps the connection open.
    mutating func event() async throws -> Event {
        while true {
            while let end = text.range(of: "\n\n") {
                let block = text[..<end.lowerBound]
                text = String(text[end.upperBound...])
                if let event = Self.event(in: block) { return event }
            }
            let chunk = try #require(try await chunks.next(isolation: #isolation), "the stream has ended")
            text += String(buffer: chunk)
        }
    }

    /// Whether nothing follows.
    mutating func isOver() async throws -> Bool {
        while let chunk = try await chunks.next(isolation: #isolation) { text += String(buffer: chunk) }
        return !text.contains("data:")
    }

    private static func event(in block: Substring) -> Event? {
        var event = Event()
        for line in block.split(separator: "\n") {
            let parts = line.split(separator: ": ", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { continue }
            switch parts[0] {
            case "id": event.id = parts[1]
            case "event": event.kind = parts[1]
            case "data": event.data = (try? JSON(parsing: Data(parts[1].utf8))) ?? .null
            default: break
            }
        }
        return event.id.isEmpty ? nil : event
    }
}
