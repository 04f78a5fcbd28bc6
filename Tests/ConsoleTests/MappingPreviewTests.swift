import HummingbirdTesting
import Testing

@testable import Console

/// What the page of the mapping shows of a preview.
@Suite(.timeLimit(.minutes(5)))
struct MappingPreviewTests {
    private static let path = "/idps/\(Sample.idp)/mapping"

    /// The row of a field of the directory.
    private func row(_ target: String, in text: String) throws -> String {
        let rows = text.split(separator: "<tr role=\"row\">").map { String($0) }
        return try #require(rows.first { $0.contains("name=\"kind.\(target)\"") })
    }

    /// Runs a test with a page's text.
    private func page(
        _ language: String,
        at path: String = Self.path,
        _ test: @escaping @Sendable (String) throws -> Void
    ) async throws {
        try await withConsole { browser async throws in
            try await browser.signIn(StubServices.key(.owner))
            try test(try await browser.get(path, language: language).text)
        }
    }

    @Test(
        "a value says quietly that it stays, and why, or that it is required and empty",
        arguments: [
            ("en", "stays: no value for it", "stays: for new people only", "required, and empty"),
            ("zh-CN", "无可用值，保留原值", "仅新建时填充，保留原值", "必填，但为空"),
        ]
    )
    func notes(_ language: String, _ kept: String, _ onlyForNew: String, _ required: String) async throws {
        try await page(language) { text in
            for (target, note) in [("mobile", kept), ("title", onlyForNew), ("costCenter", required)] {
                let row = try row(target, in: text)
                #expect(row.contains("<small class=\"sub\">\(note)</small>"), "\(target)")
            }
            let email = try row("email", in: text)
            #expect(!email.contains("<small"))
        }
    }

    @Test(
        "it is told how many lack a required field, how much was not looked at, and that the directory is silent",
        arguments: [
            (
                "en", "1 person lacks a required field.", "2 were left out.",
                "<span lang=\"en\">The directory does not answer at present.</span>"
            ),
            ("zh-CN", "1 人缺少必填字段。", "还有 2 个部门未查看。", "<span lang=\"zh-CN\">目录服务暂时无响应。</span>"),
        ]
    )
    func sentences(_ language: String, _ lacking: String, _ unsearched: String, _ unknown: String) async throws {
        try await page(language) { text in
            for sentence in [lacking, unsearched, unknown] { #expect(text.contains(sentence), "\(sentence)") }
        }
    }

    @Test(
        "a required field promises what the preview does",
        arguments: [("en", "pointed out in the preview"), ("zh-CN", "会在映射预览中标出")]
    )
    func promise(_ language: String, _ promise: String) async throws {
        try await page(language, at: "/tenants/\(Sample.tenant)/extended-fields/costCenter") { text in
            #expect(text.contains(promise))
        }
    }
}
