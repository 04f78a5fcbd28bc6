import Foundation
import SuiteTesting

/// Somebody who is signed in to the console, and looks at pages.
struct Administrator {
    private let console: TestClient
    private let cookies: String

    /// Signs in with an API key, as the page's form does.
    ///
    /// - Throws: ``BenchmarkFailure`` when the console does not let the key in.
    init(console address: String, key: String) async throws {
        console = TestClient(address)
        let page = try await console.send("GET", "/sign-in")
        var kept = Self.pairs(page.cookies)
        let fields = Self.hiddenFields(of: page.text).merging(["key": key]) { $1 }
        let answer = try await console.send(
            "POST",
            "/sign-in",
            headers: [
                "Content-Type": "application/x-www-form-urlencoded", "Origin": address,
                "Cookie": kept.joined(separator: "; "),
            ],
            body: Form.encode(fields)
        )
        guard answer.status == 303 else { throw BenchmarkFailure("the console answers a sign-in by \(answer.status)") }
        kept += Self.pairs(answer.cookies)
        cookies = kept.joined(separator: "; ")
    }

    /// Looks at a page, and takes the time until the last byte is there.
    ///
    /// - Throws: ``BenchmarkFailure`` unless the page is shown.
    func look(at path: String) async throws -> (seconds: Double, page: String) {
        let clock = ContinuousClock()
        let start = clock.now
        let answer = try await console.send("GET", path, headers: ["Cookie": cookies])
        let seconds = (clock.now - start) / .seconds(1)
        guard answer.status == 200 else { throw BenchmarkFailure("\(path) answers \(answer.status)") }
        return (seconds, answer.text)
    }

    private static func pairs(_ headers: [String]) -> [String] { headers.map { String($0.prefix { $0 != ";" }) } }

    private static func hiddenFields(of page: String) -> [String: String] {
        let hidden = page.matches(of: /type="hidden" name="([^"]+)" value="([^"]*)"/)
        return Dictionary(hidden.map { (String($0.1), String($0.2)) }) { first, _ in first }
    }
}
