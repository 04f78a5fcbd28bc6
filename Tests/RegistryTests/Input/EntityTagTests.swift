import HTTPTypes
import Hummingbird
import NIOCore
import Runtime
import Testing

@testable import Registry

@Suite struct EntityTagTests {
    private func request(_ ifMatch: String?) -> Request {
        var head = HTTPRequest(method: .patch, scheme: nil, authority: nil, path: "/")
        head.headerFields[.ifMatch] = ifMatch
        return Request(head: head, body: RequestBody(buffer: ByteBuffer()))
    }

    @Test("an ETag is a number in quotes, several are parted by commas, and * is any")
    func wellFormed() throws {
        #expect(EntityTag.text(7) == "\"7\"")
        #expect(try EntityTag.expected(by: request("*")) == .any)
        #expect(try EntityTag.expected(by: request("\"7\"")) == .oneOf([7]))
        #expect(try EntityTag.expected(by: request("\"7\", \"12\" ,\t\"9\"")) == .oneOf([7, 12, 9]))
    }

    @Test(
        "anything else is refused rather than guessed at",
        arguments: [
            "", " ", "7", "\"x\"", "\"1\" \"2\"", "\"1\"\"2\"", "\"1", "1\"", "\"\"", "\"07\"", "\"-1\"", "\"0\"",
            "W/\"7\"",
            "\"1\",", ",\"1\"", "\"1\",x", "\"1\" x", "*, \"1\"", "\" 1\"", "\"99999999999999999999\"", "\"١\"",
        ]
    )
    func malformed(header: String) {
        #expect { try EntityTag.expected(by: request(header)) } throws: { error in
            (error as? Problem)?.slug == "if-match-malformed"
        }
    }

    @Test("without If-Match nothing is changed")
    func missing() {
        #expect { try EntityTag.expected(by: request(nil)) } throws: { error in
            (error as? Problem)?.status == .preconditionRequired
        }
    }

    @Test("a version is admitted when it is one of those that were seen")
    func admits() {
        #expect(ExpectedVersion.any.admits(3))
        #expect(ExpectedVersion.oneOf([2, 3]).admits(3))
        #expect(!ExpectedVersion.oneOf([2, 3]).admits(4))
    }
}
