import Foundation
import ServiceLifecycle
import Testing

@testable import Runtime

@Suite(.timeLimit(.minutes(5))) struct ProgramTests {
    struct Failure: Error {}

    struct Failing: Service {
        func run() async throws { throw Failure() }
    }

    struct Terminating: Service {
        func run() async throws {
            kill(getpid(), SIGTERM)
            try await gracefulShutdown()
        }
    }

    @Test("a wrong configuration names every variable and exits with 1")
    func configuration() async throws {
        let result = await #expect(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
            await Program.run("test", environment: Runtime.Environment(["LOG_FORMAT": "xml"]), port: 1) {
                environment,
                _ in
                try environment.settings { environment in
                    _ = try environment.kafkaSettings()
                    _ = try environment.secret("TOKEN")
                }
                return []
            }
        }
        let log = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
        #expect(log.contains("LOG_FORMAT is 'xml': give one of json, text"))
        #expect(log.contains("KAFKA_BOOTSTRAP_SERVERS is missing"))
        #expect(log.contains("TOKEN is missing"))
    }

    @Test("a service's error is logged and exits with 1, without a trap")
    func failingService() async throws {
        let result = await #expect(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
            await Program.run("test", environment: Runtime.Environment(["HTTP_PORT": "0"]), port: 1) { _, _ in
                [Failing()]
            }
        }
        let log = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
        #expect(log.contains("stopped by an error"))
        #expect(log.contains("Failure"))
    }

    @Test("SIGTERM stops the program in order, and it exits with 0")
    func terminate() async throws {
        let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
            await Program.run("test", environment: Runtime.Environment(["HTTP_PORT": "0"]), port: 1) { _, context in
                #expect(context.source.hasPrefix("test/"))
                return [Terminating()]
            }
        }
        let log = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
        #expect(log.contains("starting"))
        #expect(log.contains("stopped"))
    }
}
