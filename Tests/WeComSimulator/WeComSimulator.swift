import ArgumentParser
import AsyncHTTPClient
import Foundation
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle

/// The program.
@main
struct WeComSimulator: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wecom-simulator",
        abstract: "A make-believe WeCom: its API, sign-in pages and callbacks on one port, and /control to rule it."
    )

    @Option(help: "The address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "The port to listen on; 0 takes a free one.")
    var port = 9300

    @Option(help: "Seconds between suite tickets for the template that the WECOM_ variables name.")
    var ticketSeconds = ProviderRegistration.usualTicketSeconds

    func run() async throws {
        var logger = Logger(label: "wecom-simulator")
        logger.logLevel = .warning
        let simulator = Simulator(client: HTTPClient.shared, logger: logger)
        let environment = ProcessInfo.processInfo.environment
        if let registration = ProviderRegistration(environment: environment, ticketSeconds: ticketSeconds) {
            try simulator.register(registration)
        }
        let host = host
        let application = simulator.makeApplication(host: host, port: port, logger: logger) { port in
            FileHandle.standardError.write(Data("listening on http://\(host):\(port)\n".utf8))
        }
        try await application.runService()
    }
}
