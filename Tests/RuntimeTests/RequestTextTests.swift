import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Runtime
import Sealing
import Testing

@Suite struct RequestTextTests {
    @Test(
        "the token of a bearer is found, its scheme in either case",
        arguments: ["Bearer abc.def-1", "bearer abc.def-1", "BEARER  abc.def-1"]
    )
    func bearer(header: String) { #expect(token(header) == Secret("abc.def-1")) }

    @Test(
        "what is no bearer has no token",
        arguments: [nil, "", "Bearer", "Bearer ", "Basic abc", "Bearerabc", "Bearer a b", "abc"] as [String?]
    )
    func none(header: String?) { #expect(token(header) == nil) }

    private func token(_ header: String?) -> Secret? {
        var fields = HTTPFields()
        fields[.authorization] = header
        let head = HTTPRequest(method: .get, scheme: nil, authority: nil, path: "/", headerFields: fields)
        return Request(head: head, body: RequestBody(buffer: ByteBuffer())).bearerToken
    }

    @Test("a form's text is read as Foundation reads it, but that what is no text stays as it is throughout")
    func foundation() {
        let pieces = ["%", "%4", "%41", "%4g", "%C3", "%A9", "%c3%a9", "%00", "+", "é", "𝕏", "a", "&", "%2B", "%%"]
        for _ in 0..<2_000 {
            let text = (0..<Int.random(in: 0...6)).map { _ in pieces.randomElement() ?? "" }.joined()
            let spaced = text.replacing("+", with: " ")
            let read = spaced.removingPercentEncoding.flatMap { $0.contains("\u{FFFD}") ? nil : $0 }
            #expect(PercentEncoding.decodeForm(text[...]) == read ?? spaced, "\(text)")
        }
    }

    @Test("all but unreserved characters are escaped, and a form's are read back")
    func escaping() {
        #expect(PercentEncoding.encode("aZ09-._~") == "aZ09-._~")
        #expect(PercentEncoding.encode("a b&c=d/é") == "a%20b%26c%3Dd%2F%C3%A9")
        #expect(PercentEncoding.decodeForm("a+b%26c%C3%A9") == "a b&cé")
        #expect(PercentEncoding.decodeForm("100%") == "100%")
    }

    @Test("a query is put behind what a URL has already")
    func url() {
        #expect(PercentEncoding.url("/logon", []) == "/logon")
        #expect(PercentEncoding.url("/logon", [("idp", "a b"), ("request", nil)]) == "/logon?idp=a%20b")
        #expect(PercentEncoding.url("https://a.example/?x=1", [("state", "s")]) == "https://a.example/?x=1&state=s")
        #expect(PercentEncoding.url("https://a.example/", path: "/p", [("q", "ü")]) == "https://a.example/p?q=%C3%BC")
        #expect(PercentEncoding.url("https://a.example", path: "/p", []) == "https://a.example/p")
    }
}
