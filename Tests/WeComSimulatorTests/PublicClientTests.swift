import Foundation
import Synchronization
import Testing

@testable import WeComSimulator

/// Whether a Python with wechatpy is named, and how it is run.
enum PublicClient {
    static let python = ProcessInfo.processInfo.environment["WECHATPY_PYTHON"]

    private static let script = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "public_client_check.py")

    /// Exit status and everything that was printed.
    static func run(_ python: String, against url: String) async throws -> (status: Int32, output: String) {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: python)
        process.arguments = [script.path, url]
        process.standardOutput = pipe
        process.standardError = pipe
        let output = Mutex(Data())
        pipe.fileHandleForReading.readabilityHandler = { handle in
            let data = handle.availableData
            output.withLock { $0 += data }
        }
        let status = try await withCheckedThrowingContinuation {
            (continuation: CheckedContinuation<Int32, any Error>) in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        pipe.fileHandleForReading.readabilityHandler = nil
        return (status, String(decoding: output.withLock { $0 }, as: UTF8.self))
    }
}

@Suite(.timeLimit(.minutes(5)))
struct PublicClientTests {
    @Test(
        "wechatpy reads people and departments, signs somebody in and decrypts callbacks",
        .enabled(if: PublicClient.python != nil, "WECHATPY_PYTHON names no Python that has wechatpy")
    )
    func wechatpy() async throws {
        let python = try #require(PublicClient.python)
        try await withSimulator { wecom in
            let (status, output) = try await PublicClient.run(python, against: wecom.url)
            #expect(status == 0, "\(output)")
        }
    }
}
