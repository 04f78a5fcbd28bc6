import Foundation
import JSONCoding
import Kafka
import KafkaTesting
import Messages
import Pipeline

/// Everything that was written to a topic, in order.
actor TopicReader {
    private let consumer: BroadcastConsumer
    private(set) var messages: [IncomingMessage] = []

    init(_ topic: Topic, in namespace: TopicNamespace) throws {
        consumer = try BroadcastConsumer(
            topics: [namespace.name(of: topic)],
            from: .beginning,
            settings: Broker.settings,
            logger: Broker.quiet
        )
    }

    /// Reads on until there is a message of one of those types, of that run; returns all of the run's.
    func until(_ types: Set<MessageType>, of run: RunID) async throws -> [IncomingMessage] {
        try await until("\(types) of \(run)") {
            $0.contains { $0.envelope.run == run && types.contains($0.envelope.type) }
        }
        .filter { $0.envelope.run == run }
    }

    /// Reads on until the condition holds; returns everything.
    func until(_ what: String, _ condition: ([IncomingMessage]) throws -> Bool) async throws -> [IncomingMessage] {
        try await eventually(what) {
            if try condition(messages) { return true }
            messages += try await consumer.next(upTo: 1_000, patience: .milliseconds(50)).map {
                try IncomingMessage($0)
            }
            return try condition(messages)
        }
        return messages
    }

    /// Reads for a while, whatever comes.
    func linger(_ duration: Duration) async throws -> [IncomingMessage] {
        let end = ContinuousClock.now + duration
        return try await until("the end of \(duration)") { _ in ContinuousClock.now >= end }
    }
}

extension [IncomingMessage] {
    /// The bytes of all people's records, page after page.
    func userPages() throws -> [UserPage] { try compactMap { try $0.decodeIfPresent(UserPage.self) } }

    /// The ids of all whose records are in the pages, as they were sent.
    func people() throws -> Set<String> {
        Set(try userPages().flatMap { page in page.text.matches(of: /"userid":"([^"]*)"/).map { String($0.1) } })
    }

    /// The pages that did not travel.
    func unchangedPages() throws -> [UnchangedPages.Page] {
        try compactMap { try $0.decodeIfPresent(UnchangedPages.self) }.flatMap(\.pages)
    }

    func departmentPages() throws -> [DepartmentPage] { try compactMap { try $0.decodeIfPresent(DepartmentPage.self) } }

    func manifest() throws -> FetchManifest? {
        try compactMap { try $0.decodeIfPresent(RunFetched.self) }.last?.manifest
    }

    func findings() throws -> [FindingsFetched] { try compactMap { try $0.decodeIfPresent(FindingsFetched.self) } }

    func aborted() throws -> RunAborted? { try compactMap { try $0.decodeIfPresent(RunAborted.self) }.last }

    /// All that a holder wrote.
    func of(fence: Int64) -> [IncomingMessage] { filter { $0.envelope.position?.fence.rawValue == fence } }
}

extension IncomingMessage {
    fileprivate func decodeIfPresent<Content: Message>(_ type: Content.Type) throws -> Content? {
        envelope.type == type.type ? try decode(type) : nil
    }
}

extension UserPage {
    /// The people's records, as they were sent.
    var text: String { String(decoding: users.bytes, as: UTF8.self) }
}

extension DepartmentPage {
    /// The departments' records, as they were sent.
    var text: String { String(decoding: departments.bytes, as: UTF8.self) }
}

extension [UserPage] {
    /// Where the departments stand of people whose records tell it, by user id.
    var departmentPaths: [String: [String]] {
        let people = flatMap { (try? JSONDecoder().decode([PlacedPerson].self, from: Data($0.users.bytes))) ?? [] }
        return Dictionary(people.compactMap { person in person.departmentPath.map { (person.userid, $0) } }) { $1 }
    }
}

/// A person whose record may tell where the department stands.
private struct PlacedPerson: Decodable {
    let userid: String
    let departmentPath: [String]?
}
