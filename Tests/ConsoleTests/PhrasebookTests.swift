@testable import Phrases
import Testing

@testable import Console

@Suite
struct PhrasebookTests {
    private func book(_ phrases: [String: String]) throws -> Phrasebook { try Phrasebook(phrases) }

    @Test("a sentence is told in the other language, with what stands in its places")
    func places() throws {
        let book = try book(["WeCom called {1} minutes ago.": "企业微信在 {1} 分钟前回调过。"])
        #expect(book.translation(of: "WeCom called 7 minutes ago.") == "企业微信在 7 分钟前回调过。")
        #expect(book.translation(of: "WeCom called.") == nil)
    }

    @Test("no place is empty")
    func empty() throws {
        let book = try book(["From {1} to {2}.": "{1} 至 {2}。"])
        #expect(book.translation(of: "From  to 2.") == nil)
        #expect(book.translation(of: "From 1 to .") == nil)
        #expect(book.translation(of: "From 1 to 2.") == "1 至 2。")
    }

    @Test("where several fit, the most literal one is taken")
    func mostLiteral() throws {
        let book = try book([
            "Give {1}, not {2}.": "{1}，不是 {2}。", "Give {1} hours, not {2}.": "{1} 小时，不是 {2}。",
            "Give 1 hours, not 2.": "一小时。",
        ])
        #expect(book.translation(of: "Give 3 days, not 4.") == "3 days，不是 4。")
        #expect(book.translation(of: "Give 3 hours, not 4.") == "3 小时，不是 4。")
        #expect(book.translation(of: "Give 1 hours, not 2.") == "一小时。")
    }

    @Test("a capital at the beginning and a full stop at the end make no difference but the full stop")
    func fragments() throws {
        let book = try book(["the access token has expired": "访问令牌已过期"])
        #expect(book.translation(of: "The access token has expired.") == "访问令牌已过期。")
        #expect(book.translation(of: "the access token has expired") == "访问令牌已过期")
    }

    @Test("what stands in a place is looked up in its turn, and stays as it is where it is data")
    func inner() throws {
        let book = try book([
            "Department {1} could not be read: {2}.": "部门 {1} 无法读取：{2}。", "WeCom is busy": "企业微信系统繁忙",
            "{1:sentence} (error {2})": "{1}（错误码 {2}）",
        ])
        let known = book.translation(of: "Department 7 could not be read: WeCom is busy (error -1).")
        #expect(known == "部门 7 无法读取：企业微信系统繁忙（错误码 -1）。")
        #expect(book.translation(of: "Department 7 could not be read: EOF.") == "部门 7 无法读取：EOF。")
    }

    @Test("a sentence is not known where it needs another one that is not")
    func needed() throws {
        let book = try book(["{1:sentence} (error {2})": "{1}（错误码 {2}）", "WeCom is busy": "企业微信系统繁忙"])
        #expect(book.translation(of: "WeCom is busy (error -1)") == "企业微信系统繁忙（错误码 -1）")
        #expect(book.translation(of: "Something else (error -1)") == nil)
    }

    @Test("data holds no further sentence where another phrase fits, and may where none does")
    func borders() throws {
        let book = try book([
            "No calls from {1}.": "不接受来自 {1} 的调用。", "{1:sentence}. What to do: {2:sentence}.": "{1}。处理方法：{2}。",
            "No calls from this server": "不接受此服务器的调用", "scan": "请扫码",
        ])
        let both = book.translation(of: "No calls from this server. What to do: scan.")
        #expect(both == "不接受此服务器的调用。处理方法：请扫码。")
        #expect(book.translation(of: "No calls from Example Co. Ltd.") == "不接受来自 Example Co. Ltd 的调用。")
    }

    @Test("places may change their order, and what somebody is called is no place")
    func order() throws {
        let book = try book(["{1} seconds {2} ours": "{2} {1} 秒"])
        #expect(book.translation(of: "{2} seconds {1} ours") == "{1} {2} 秒")
    }

    @Test(
        "a phrase whose places do not agree is told",
        arguments: [
            ("At {1}.", "在。"), ("At.", "在 {1}。"), ("At {2}.", "在 {2}。"), ("{2} at {1}.", "{1}{2}"),
            ("{1}{2}", "{1}{2}"),
        ]
    )
    func flaws(_ key: String, _ answer: String) {
        #expect(throws: Phrase.Flaw.self) { try book([key: answer]) }
    }

    @Test(
        "a text that nobody expects does not keep a page waiting",
        arguments: [
            "Department 7 could not be read: ", "WeCom is busy (error 1). ", "{1:sentence}. What to do: ", ". ",
        ]
    )
    func hostile(_ part: String) throws {
        let book = try Phrasebook.load()
        for count in [2_048 / part.utf8.count, 2_000_000 / part.utf8.count] {
            let text = String(repeating: part, count: count)
            let duration = ContinuousClock().measure { _ = book.translation(of: text) }
            #expect(duration < .seconds(20))
        }
    }

    @Test("pages say of each sentence what language it is in")
    func languages() throws {
        let texts = try Texts.load()
        let (chinese, english) = (try #require(texts[.chinese]), try #require(texts[.english]))
        let known = "The access token has expired."
        #expect(chinese.sentence(known) == Sentence(text: "访问令牌已过期。", lang: "zh-CN"))
        #expect(english.sentence(known) == Sentence(text: known, lang: "en"))
        #expect(chinese.sentence("Nobody wrote this.") == Sentence(text: "Nobody wrote this.", lang: "en"))
    }
}
