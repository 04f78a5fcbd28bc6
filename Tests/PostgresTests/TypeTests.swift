import Foundation
import Postgres
import PostgresTesting
import Testing

@Suite(.timeLimit(.minutes(5)), .enabled(if: TestDatabase.isAvailable, "\(TestDatabase.absence)"))
struct TypeTests {
    enum Colour: String, CaseIterable, PostgresEncodable, PostgresDecodable { case red, green }
    struct PersonID: RawRepresentable, Hashable, PostgresEncodable, PostgresDecodable {
        let rawValue: UUID
    }

    private struct Scalars: Equatable {
        let text = RandomValues.optional(RandomValues.string)
        let int64 = RandomValues.optional(RandomValues.int64)
        let int32 = RandomValues.optional { Int32.random(in: .min ... .max) }
        let int16 = RandomValues.optional { Int16.random(in: .min ... .max) }
        let flag = RandomValues.optional(Bool.random)
        let double = RandomValues.optional(RandomValues.double)
        let id = RandomValues.optional(UUID.init)
        let bytes = RandomValues.optional(RandomValues.bytes)
    }

    @Test("scalars come back as they went, whatever is in them")
    func scalars() async throws {
        try await withTestDatabase { database, _ in
            for _ in 0..<200 {
                let sent = Scalars()
                let rows = try await database.run(
                    """
                    select \(sent.text)::text, \(sent.int64)::bigint, \(sent.int32)::int, \(sent.int16)::smallint,
                        \(sent.flag)::boolean, \(sent.double)::float8, \(sent.id)::uuid, \(sent.bytes)::bytea
                    """
                )
                let (text, int64, int32, int16, flag, double, id, bytes) = try rows[0].decode(
                    String?.self,
                    Int64?.self,
                    Int32?.self,
                    Int16?.self,
                    Bool?.self,
                    Double?.self,
                    UUID?.self,
                    [UInt8]?.self
                )
                #expect(text?.utf8.map(\.self) == sent.text?.utf8.map(\.self))
                #expect(int64 == sent.int64)
                #expect(int32 == sent.int32)
                #expect(int16 == sent.int16)
                #expect(flag == sent.flag)
                #expect(double?.bitPattern == sent.double?.bitPattern)
                #expect(id == sent.id)
                #expect(bytes == sent.bytes)
            }
        }
    }

    @Test("arrays come back as they went, nulls and quotes and all")
    func arrays() async throws {
        try await withTestDatabase { database, _ in
            for _ in 0..<200 {
                let texts = RandomValues.array { RandomValues.optional(RandomValues.string) }
                let numbers = RandomValues.array(RandomValues.int64)
                let ids = RandomValues.array(UUID.init)
                let blobs = RandomValues.array { RandomValues.optional(RandomValues.bytes) }
                let flags = RandomValues.array(Bool.random)
                let rows = try await database.run(
                    "select \(texts)::text[], \(numbers)::bigint[], \(ids)::uuid[], \(blobs)::bytea[], \(flags)::boolean[]"
                )
                let (text, number, id, blob, flag) = try rows[0].decode(
                    [String?].self,
                    [Int64].self,
                    [UUID].self,
                    [[UInt8]?].self,
                    [Bool].self
                )
                #expect(text == texts)
                #expect(number == numbers)
                #expect(id == ids)
                #expect(blob == blobs)
                #expect(flag == flags)
            }
        }
    }

    @Test("arrays unnest into rows")
    func unnesting() async throws {
        try await withTestDatabase { database, _ in
            let names = (0..<500).map { _ in RandomValues.string() }
            let rows = try await database.run(
                "select name from unnest(\(names)::text[]) with ordinality as n(name, place) order by place"
            )
            #expect(try rows.decode(String.self) == names)
        }
    }

    @Test("raw values stand for their types")
    func rawValues() async throws {
        try await withTestDatabase { database, _ in
            let id = PersonID(rawValue: UUID())
            let rows = try await database.run(
                "select \(Colour.green)::text, \(id)::uuid, \([id])::uuid[], \(Colour?.none)::text"
            )
            let (colour, first, all, none) = try rows[0].decode(
                Colour.self,
                PersonID.self,
                [PersonID].self,
                Colour?.self
            )
            #expect(colour == .green)
            #expect(first == id)
            #expect(all == [id])
            #expect(none == nil)
            let row = try await database.run("select 'blue'")[0]
            #expect(throws: PostgresError.self) { try row.decode(Colour.self) }
        }
    }

    @Test("JSON goes in as text, or as UTF-8, and comes out as text")
    func json() async throws {
        try await withTestDatabase { database, _ in
            try await database.run("create table document (body jsonb)")
            let text = #"{"name": "O'Neil \"王\" \\"}"#
            try await database.run("insert into document values (\(text)::jsonb), (\(utf8: Array(text.utf8))::jsonb)")
            let rows = try await database.run("select body from document")
            #expect(try rows.decode(String.self) == [text, text])
            #expect(try await database.run("select from document where body->>'name' like 'O''N%'").count == 2)
        }
    }

    @Test("null is no value, and only an optional takes it", arguments: [true, false])
    func nulls(isNull: Bool) async throws {
        try await withTestDatabase { database, _ in
            let text: String? = isNull ? nil : ""
            let row = try await database.run("select \(text)::text, \(text.map { Array($0.utf8) })::bytea")[0]
            let (found, bytes) = try row.decode(String?.self, [UInt8]?.self)
            #expect(found == text)
            #expect(bytes == (isNull ? nil : []))
            if isNull { #expect(throws: PostgresError.self) { try row.decode(String.self) } }
        }
    }
}
