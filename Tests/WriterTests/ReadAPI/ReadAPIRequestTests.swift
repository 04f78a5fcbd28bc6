import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Messages
import Runtime
import Testing

@testable import Writer

/// How the read API takes what requests say.
@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct ReadAPIRequestTests {
    private func with(_ body: @Sendable (ReadAPITests.Reader, Source) async throws -> Void) async throws {
        try await ReadAPITests().with(body)
    }

    @Test("a space is written as a plus or as its escape, and a plus as its escape")
    func plus() async throws {
        try await with { reader, source async throws in
            let users = "/api/v1/idps/\(source.id)/users"
            for text in ["Ann+%E5%AE%89", "Ann%20%E5%AE%89"] {
                #expect(try await reader.read("\(users)?q=\(text)").externalIDs == ["ann"], "\(text)")
            }
            #expect(try await reader.read("\(users)?q=Ann%2B%E5%AE%89").externalIDs.isEmpty)
        }
    }

    @Test("where nobody is found in a directory that is there, a page of nobody is answered")
    func nobody() async throws {
        try await with { reader, source async throws in
            for list in ["users?q=nobody", "users?cursor=z", "departments?externalIDs=9", "missing?state=kept"] {
                #expect(try await reader.read("/api/v1/idps/\(source.id)/\(list)").items?.isEmpty == true, "\(list)")
            }
        }
    }

    @Test(
        "what no page gave as a cursor, and what is neither true nor false, is refused",
        arguments: [
            ("departments?cursor=abc", "Give the nextCursor"), ("missing?cursor=abc", "Give the nextCursor"),
            ("missing?cursor=department:x", "Give the nextCursor"), ("departments?people=yes", "Give true or false"),
        ]
    )
    func amiss(query: String, message: String) async throws {
        try await with { reader, source async throws in
            let answer = try await reader.get("/api/v1/idps/\(source.id)/\(query)", key: ReadAPITests.own)
            #expect(answer.status == .badRequest)
            #expect(String(decoding: answer.bytes, as: UTF8.self).contains(message))
        }
    }

    @Test("whoever has no key is told how to authenticate")
    func challenge() async throws {
        try await with { reader, source async throws in
            let response = try await reader.client.execute(uri: "/api/v1/idps/\(source.id)/users", method: .get)
            #expect(response.status == .unauthorized)
            #expect(response.headers[.wwwAuthenticate] == "Bearer")
        }
    }

    @Test("a text that is looked for has as many characters as it may, whatever bytes they take")
    func longText() async throws {
        try await with { reader, source async throws in
            for (count, status) in [(100, HTTPResponse.Status.ok), (101, .badRequest)] {
                let text = PercentEncoding.encode(String(repeating: "安", count: count))
                let answer = try await reader.get("/api/v1/idps/\(source.id)/users?q=\(text)", key: ReadAPITests.own)
                #expect(answer.status == status, "\(count)")
            }
        }
    }

    @Test("a time of the past is told in UTC or with an offset")
    func offsets() async throws {
        try await with { reader, source async throws in
            let ann = "/api/v1/users/\(source.user("ann"))"
            for (time, status) in [
                ("2001-01-01T00:00:00Z", HTTPResponse.Status.gone), ("2001-01-01T08:00:00%2B08:00", .gone),
                ("2001-01-01T08:00:00", .badRequest), ("2001-01-01T08:00:00%2B24:00", .badRequest),
                ("0001-01-01T00:00:00%2B01:00", .badRequest),
            ] {
                #expect(try await reader.get("\(ann)?at=\(time)", key: ReadAPITests.own).status == status, "\(time)")
            }
        }
    }
}

@Suite struct OffsetTests {
    @Test(
        "a time with an offset is the same moment in UTC",
        arguments: [
            "2026-03-01T08:30:00Z", "2026-03-01T16:30:00+08:00", "2026-02-28T23:00:00-09:30",
            "2026-03-01T08:30:00.000+00:00",
        ]
    )
    func moment(text: String) {
        #expect(Timestamp(rfc3339: text) == Timestamp("2026-03-01T08:30:00.000Z"))
    }

    @Test(
        "what the database does not know is no time",
        arguments: ["0000-12-31T23:59:59.000Z", "0001-01-01T00:59:59.000+01:00"]
    )
    func unknown(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }
}
