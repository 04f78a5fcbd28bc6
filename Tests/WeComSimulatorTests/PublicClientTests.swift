import Foundation
import ProgramTesting
import Testing

@testable import WeComSimulator

/// A Python that has wechatpy.
private let wechatpyPython = ProcessInfo.processInfo.environment["WECHATPY_PYTHON"]

@Suite(.timeLimit(.minutes(5)))
struct PublicClientTests {
    @Test(
        "wechatpy reads people and departments, signs somebody in and decrypts callbacks",
        .enabled(if: wechatpyPython != nil, "WECHATPY_PYTHON names no Python that has wechatpy")
    )
    func wechatpy() async throws {
        let python = try #require(wechatpyPython)
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "public_client_check.py")
        try await withSimulator { wecom in
            let (status, output) = try await ForeignProgram.run(python, [script.path, wecom.url])
            #expect(status == 0, "\(output)")
        }
    }
}
