import Foundation
import Synchronization
import Testing

/// OpenID Connect clients in Python, and how they are run.
enum ForeignClients {
    static let python = ProcessInfo.processInfo.environment["OPENID_PYTHON"]

    /// What a client's script has to know.
    struct Errand: Encodable {
        let issuer: String
        let client = "foreign"
        let secret: String
        let redirect = "http://127.0.0.1:9/foreign"
        let bye = "http://127.0.0.1:9/bye"
        let algorithm: String
        let toldPort: Int
        let enterprise: String
        let title: String
        let account: String
        let password: String
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
