import Foundation
import JSONCoding
import MessageSchemas
import Messages
import Testing

/// The schemas say what the code reads and writes, no more and no less.
@Suite struct SchemaTests {
    @Test("every sample is of its schema, which describes all that is written", arguments: MessageSamples.all.indices)
    func samples(index: Int) throws {
        try expectDescribed(MessageSamples.all[index])
    }

    @Test("every random batch is of its schema, which describes all that is written", arguments: 1...100)
    func randomBatches(seed: Int) throws {
        var random = RandomMessages(seed: UInt64(seed))
        try expectDescribed(
            UserBatch(
                page: seed,
                slice: random.maybe { $0.slice() },
                users: random.list { $0.user() },
                rejected: random.list { $0.rejected() },
                origin: random.maybe { $0.origin() },
                mapping: random.maybe { $0.digest() },
                fields: random.maybe { $0.fields() },
                filtered: random.maybe { random in random.list { $0.text() } }
            )
        )
        try expectDescribed(random.unchangedPages())
        try expectDescribed(
            DepartmentBatch(
                page: seed,
                slice: random.maybe { $0.slice() },
                departments: random.list { $0.department() },
                rejected: random.list { $0.rejected() }
            )
        )
    }

    @Test("a message without a required member is not decoded", arguments: MessageSamples.all.indices)
    func required(index: Int) throws {
        let message = MessageSamples.all[index]
        let removals = try schema(of: message).removals(from: JSONValue(parsing: message.encode()))
        #expect(!removals.isEmpty)
        try expectRefused(removals, insteadOf: message)
    }

    @Test("every described member is read: one of another type is not decoded", arguments: MessageSamples.all.indices)
    func read(index: Int) throws {
        let message = MessageSamples.all[index]
        // What WeCom answered is carried along unread.
        let isPage = message is UserPage || message is DepartmentPage
        let spoilings = try schema(of: message).spoilings(of: JSONValue(parsing: message.encode()))
            .filter { !isPage || $0.path == "page" }
        #expect(!spoilings.isEmpty)
        try expectRefused(spoilings, insteadOf: message)
    }

    @Test("an envelope's headers are of their schema, and the required ones are needed")
    func envelope() throws {
        let envelope = Envelope(
            type: UserBatch.type,
            source: "tests/1",
            tenant: .make(),
            identityProvider: .make(),
            run: .make(),
            position: RunPosition(epoch: Epoch(rawValue: 7), fence: Fence(rawValue: 2))
        )
        let schema = try envelopeSchema()
        let headers = Dictionary(uniqueKeysWithValues: envelope.headers.map { ($0.name, $0.value) })
        let value = JSONValue.object(headers.mapValues { .string($0) })
        #expect(schema.complaints(about: value) == [])
        #expect(Set(schema.properties.keys) == Set(headers.keys))
        for name in headers.keys {
            let less = headers.filter { $0.key != name }
            let isReadable = (try? Envelope { less[$0] }) != nil
            #expect(isReadable != schema.required.contains(name), "\(name)")
        }
    }

    @Test("a client's headers are of their schema, and the required ones are needed")
    func clientEnvelope() throws {
        let envelope = ClientEnvelope(
            type: ClientConfiguration.type,
            source: "tests/1",
            tenant: .make(),
            client: .make()
        )
        let schema = SchemaDocument(try JSONValue(parsing: Array(Contracts.clientEnvelopeHeaders.utf8)))
        let headers = Dictionary(uniqueKeysWithValues: envelope.headers.map { ($0.name, $0.value) })
        #expect(schema.complaints(about: .object(headers.mapValues { .string($0) })) == [])
        #expect(Set(schema.properties.keys) == Set(headers.keys))
        for name in headers.keys {
            let isReadable = (try? ClientEnvelope { one in one == name ? nil : headers[one] }) != nil
            #expect(isReadable != schema.required.contains(name), "\(name)")
        }
    }

    private func expectDescribed(_ message: any Message) throws {
        let value = try JSONValue(parsing: message.encode())
        let schema = try schema(of: message)
        #expect(schema.complaints(about: value) == [])
        #expect(schema.strangers(in: value) == [])
    }

    /// By the reader that the services use, and by Codable.
    private func expectRefused<M: Message>(_ mutations: [Mutation], insteadOf message: M) throws {
        let schema = try schema(of: message)
        for mutation in mutations {
            #expect(throws: DecodingError.self, "\(M.type) with another \(mutation.path)") {
                try MessageJSON.decoder.decode(M.self, from: Data(mutation.value.bytes))
            }
            #expect(throws: (any Error).self, "\(M.type) with another \(mutation.path)") {
                try M.decode(mutation.value.bytes)
            }
            #expect(!schema.complaints(about: mutation.value).isEmpty, "\(M.type) with another \(mutation.path)")
        }
    }

    private func schema(of message: any Message) throws -> SchemaDocument {
        let text = try #require(Contracts.files[Contracts.fileName(of: type(of: message).type)])
        return SchemaDocument(try JSONValue(parsing: Array(text.utf8)))
    }

    private func envelopeSchema() throws -> SchemaDocument {
        SchemaDocument(try JSONValue(parsing: Array(Contracts.envelopeHeaders.utf8)))
    }
}
