import Foundation
import ProgramTesting
import SuiteTesting
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
        return try await ForeignProgram.run(
            try #require(python),
            ["-B", folder.appending(path: "\(script).py").path],
            input: try JSONEncoder().encode(errand)
        )
    }
}
