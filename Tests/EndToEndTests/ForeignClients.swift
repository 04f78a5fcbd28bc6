import Foundation
import SuiteTesting
import Synchronization
import Testing

/// OpenID Connect clients of others' making, and the scripts in Python that run them.
enum ForeignClients {
    static let python = ProcessInfo.processInfo.environment["OPENID_PYTHON"]
    /// Apache, with Debian's `mod_auth_openidc` beside it.
    static let apache = ProcessInfo.processInfo.environment["OPENID_APACHE"]

    /// A client, and where it is.
    struct Application {
        /// Its script, which is also what it calls itself.
        let script: String
        let port: Int
        let redirect: String
        let bye: String
        let told: String

        /// A program that listens for logout tokens alone.
        static func library(_ script: String) throws -> Application {
            let port = try FreePort.find()
            return Application(
                script: script,
                port: port,
                redirect: "http://127.0.0.1:9/foreign",
                bye: "http://127.0.0.1:9/bye",
                told: "http://127.0.0.1:\(port)/told"
            )
        }

        /// A server that is told everything at one address, which is registered without its port (RFC 8252 §7.3).
        static func server(_ script: String) throws -> Application {
            let port = try FreePort.find()
            return Application(
                script: script,
                port: port,
                redirect: "http://127.0.0.1:\(port)/foreign",
                bye: "http://127.0.0.1:\(port)/bye",
                told: "http://127.0.0.1:\(port)/foreign?logout=backchannel"
            )
        }
    }

    /// What a client's script has to know.
    struct Errand: Encodable {
        let issuer: String
        let client: String
        let secret: String
        let redirect: String
        let bye: String
        let algorithm: String
        let toldPort: Int
        let enterprise: String
        let title: String
        let account: String
        let password: String
        let wecom: String
        let corp: String
    }

    /// Exit status and everything that was printed.
    static func run(_ script: String, _ errand: Errand) async throws -> (status: Int32, output: String) {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "OpenIDClients")
        let process = Process()
        process.executableURL = URL(filePath: try #require(python))
        process.arguments = ["-B", folder.appending(path: "\(script).py").path]
        let (input, pipe) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = pipe
        process.standardError = pipe
        let output = Mutex(Data())
        pipe.fileHandleForReading.readabilityHandler = { handle in
            let data = handle.availableData
            output.withLock { $0 += data }
        }
        try input.fileHandleForWriting.write(contentsOf: JSONEncoder().encode(errand))
        try input.fileHandleForWriting.close()
        let status = try await withCheckedThrowingContinuation {
            (continuation: CheckedContinuation<Int32, any Error>) in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        pipe.fileHandleForReading.readabilityHandler = nil
        return (status, String(decoding: output.withLock { $0 }, as: UTF8.self))
    }
}
