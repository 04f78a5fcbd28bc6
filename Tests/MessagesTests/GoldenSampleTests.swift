import Foundation
import JSONCoding
import Messages
import Testing

/// The samples of every released version are kept in `Samples`; no release may stop reading them.
@Suite struct GoldenSampleTests {
    @Test("today's messages are written as the newest samples say", arguments: MessageSamples.all.indices)
    func writing(index: Int) throws {
        let message = MessageSamples.all[index]
        let written = try JSONValue(parsing: message.encode())
        #expect(written == (try sample(of: type(of: message))))
    }

    @Test("the samples are read as they were meant", arguments: MessageSamples.all.indices)
    func reading(index: Int) throws {
        try expectReads(MessageSamples.all[index])
    }

    @Test("every kind of message of every topic has a sample")
    func complete() {
        let carried = Set(TopicCatalogue.all.flatMap(\.carries).map(\.rawValue))
        let sampled = Set(MessageSamples.all.map { type(of: $0).type.rawValue })
        #expect(carried == sampled)
    }

    private func expectReads<M: Message>(_ message: M) throws {
        #expect(try M.decode(try bytes(of: M.self)) == message)
    }

    private func sample(of type: any Message.Type) throws -> JSONValue {
        try JSONValue(parsing: bytes(of: type))
    }

    private func bytes(of type: any Message.Type) throws -> [UInt8] {
        let name = type.type.rawValue
        let url = try #require(
            Bundle.module.url(forResource: "Samples/\(name)", withExtension: "json"),
            "no \(name).json"
        )
        return [UInt8](try Data(contentsOf: url))
    }
}
