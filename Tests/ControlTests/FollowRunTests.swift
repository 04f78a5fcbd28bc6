import ArgumentParser
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Runtime
import Synchronization
import Testing

@testable import Control

/// What `bridgectl runs follow` makes of the registry's events, however their stream is cut.
@Suite(.timeLimit(.minutes(2)))
struct FollowRunTests {
    /// Follows a run whose events come as `streams` say, one request each, in these parts; returns what was shown,
    /// whether the run came to something, and the ids that were said to be known.
    private func follow(
        _ streams: [[String]]
    ) async throws -> (shown: [String], cameToSomething: Bool, known: [String?]) {
        let known = Mutex<[String?]>([])
        let router = Router()
        router.get("/api/v1/runs/7/events") { request, _ in
            let number = known.withLock { known in
                known.append(request.headers[values: HTTPField.Name("Last-Event-ID")!].first)
                return known.count - 1
            }
            let body = ResponseBody { writer in
                for part in streams[min(number, streams.count - 1)] { try await writer.write(ByteBuffer(string: part)) }
                try await writer.finish(nil)
            }
            return Response(status: .ok, body: body)
        }
        let shown = Mutex<[String]>([])
        let isGood = Mutex(false)
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        try await Application(router: router, logger: quiet).test(.live) { client in
            let environment = Runtime.Environment([
                "REGISTRY_URL": "http://127.0.0.1:\(client.port ?? 0)", "REGISTRY_API_KEY": "wbk_registry",
            ])
            let command = try FollowRun.parse(["7"])
            let result = try await command.follow(environment) { line in shown.withLock { $0.append(line) } }
            isGood.withLock { $0 = result }
        }
        return (shown.withLock { $0 }, isGood.withLock { $0 }, known.withLock { $0 })
    }

    @Test("a state that comes in parts is shown whole, and who is cut off asks again from there until the run is over")
    func cutOff() async throws {
        let (shown, cameToSomething, known) = try await follow([
            ["retry: 3000\n\n", "id: a\nevent: progress\ndata: {\"state\":\"run", "ning\"}\n\n", ":\n\n"],
            ["id: b\nevent: finished\ndata: {\"outcome\":\"succeeded\",\"state\":\"finished\"}\n\n"],
        ])
        #expect(shown == [#"{"state":"running"}"#, #"{"outcome":"succeeded","state":"finished"}"#])
        #expect(cameToSomething)
        #expect(known == [nil, "a"])
    }

    @Test("a run that failed or was cancelled came to nothing", arguments: ["failed", "cancelled"])
    func nothing(outcome: String) async throws {
        let (_, cameToSomething, _) = try await follow([
            ["id: a\nevent: finished\ndata: {\"outcome\":\"\(outcome)\"}\n\n"]
        ])
        #expect(!cameToSomething)
    }
}
