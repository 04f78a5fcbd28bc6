import JSONCoding
import MessageSchemas
import Testing

@testable import Control

/// Which changes the gate lets through, and which not and why.
@Suite struct ContractGateTests {
    private typealias Victim = Incompatibility.Victim

    /// A change that has to be refused: who could not live with it, where, and what is said of it.
    struct Refused: CustomTestStringConvertible {
        let edit: ContractEdit
        let path: String
        let victim: Incompatibility.Victim
        let reason: String

        init(
            _ name: String,
            _ file: String,
            _ place: String,
            at path: String,
            _ victim: Incompatibility.Victim,
            _ reason: String,
            _ change: @escaping @Sendable (JSONValue?) -> JSONValue?
        ) {
            edit = ContractEdit(name, file, place, change)
            (self.path, self.victim, self.reason) = (path, victim, reason)
        }

        var testDescription: String { edit.name }
    }

    static let idp = "identity-provider-configuration"
    static let channel = "channels/sync.progress.v1"
    static let settings = "bindings/kafka/topicConfiguration"

    static let refused = [
        Refused("a needed member goes", "user-page", "required", at: "users", .releasedReader, "may be missing") {
            $0?.removing(.string("users"))
        },
        Refused("a member goes that was needed", "stage-progress", "", at: "pages", .releasedReader, "is gone") {
            $0?.without("pages")
        },
        Refused("a needed member comes", "stage-progress", "", at: "seconds", .presentReader, "never written") {
            $0?.withNeeded("seconds", .wholeNumber)
        },
        Refused(
            "an optional member becomes needed",
            "user-page",
            "required",
            at: "origin",
            .presentReader,
            "could be missing"
        ) {
            $0?.adding(.string("origin"))
        },
        Refused(
            "a number becomes a text",
            "stage-progress",
            "properties/pages/type",
            at: "pages",
            .both,
            "it was integer and is string"
        ) { _ in
            .string("string")
        },
        Refused(
            "a whole number becomes any number",
            "stage-progress",
            "properties/pages/type",
            at: "pages",
            .both,
            "integer and is number"
        ) { _ in
            .string("number")
        },
        Refused(
            "an optional member changes its type",
            "user-page",
            "properties/origin",
            at: "origin",
            .both,
            "object and is string"
        ) { _ in .text },
        Refused(
            "a text becomes a list of texts",
            "run-finished",
            "properties/reasons",
            at: "reasons",
            .both,
            "array and is string"
        ) { _ in .text },
        Refused(
            "a value comes to a list of values",
            "run-finished",
            "properties/outcome/enum",
            at: "outcome",
            .releasedReader,
            "\"paused\" is new"
        ) {
            $0?.adding(.string("paused"))
        },
        Refused(
            "a value goes from a list of values",
            "run-finished",
            "properties/outcome/enum",
            at: "outcome",
            .presentReader,
            "\"held\" is no longer known"
        ) {
            $0?.removing(.string("held"))
        },
        Refused(
            "a value is renamed",
            "user-batch",
            "properties/users/items/properties/status/enum",
            at: "users[].status",
            .releasedReader,
            "the value 6 is new"
        ) {
            $0?.removing(.integer(5)).adding(.integer(6))
        },
        Refused(
            "any text becomes one of some",
            idp,
            "properties/schema/enum",
            at: "schema",
            .presentReader,
            "only some are now"
        ) { _ in
            .array([.string("a")])
        },
        Refused(
            "one of some texts becomes any",
            idp,
            "properties/status/enum",
            at: "status",
            .releasedReader,
            "any is now"
        ) { _ in nil },
        Refused(
            "a pattern changes",
            idp,
            "properties/enterpriseID/pattern",
            at: "enterpriseID",
            .both,
            "pattern is another"
        ) { _ in
            .string("^[a-z]{12}$")
        },
        Refused("a pattern comes", idp, "properties/schema/pattern", at: "schema", .presentReader, "pattern is new") {
            _ in .string("^ww")
        },
        Refused(
            "a format goes",
            "run-finished",
            "properties/finishedAt/format",
            at: "finishedAt",
            .releasedReader,
            "format is dropped"
        ) { _ in nil },
        Refused(
            "a bound is widened",
            idp,
            "properties/cycleHours/maximum",
            at: "cycleHours",
            .releasedReader,
            "lets more through"
        ) { _ in .integer(48) },
        Refused(
            "a bound is narrowed",
            idp,
            "properties/cycleHours/minimum",
            at: "cycleHours",
            .presentReader,
            "refuses what was written"
        ) { _ in .integer(2) },
        Refused(
            "a text may be longer",
            idp,
            "properties/name/maxLength",
            at: "name",
            .releasedReader,
            "lets more through"
        ) { _ in .integer(200) },
        Refused(
            "a deep member becomes needed",
            "user-batch",
            "properties/users/items/required",
            at: "users[].email",
            .presentReader,
            "could be missing"
        ) {
            $0?.adding(.string("email"))
        },
        Refused(
            "the values of a map change",
            idp,
            "properties/extendedFields/items/properties/titles/additionalProperties",
            at: "extendedFields[].titles{}",
            .both,
            "string and is integer"
        ) { _ in
            .wholeNumber
        },
        Refused(
            "an alternative comes",
            idp,
            "properties/scope/oneOf",
            at: "scope",
            .releasedReader,
            "an alternative more"
        ) {
            $0?.adding(.object(["type": .string("object"), "required": .array([.string("tags")])]))
        },
        Refused(
            "an alternative changes",
            idp,
            "properties/scope/oneOf/1/required",
            at: "scope",
            .both,
            "gone or another"
        ) {
            $0?.removing(.string("departments"))
        },
        Refused(
            "unknown members are refused",
            "run-started",
            "additionalProperties",
            at: "",
            .presentReader,
            "are refused now"
        ) { _ in .boolean(false) },
        Refused(
            "a needed header comes",
            ContractEdit.topics,
            "components/messageTraits/envelope/headers/required",
            at: "headers.ce_runid",
            .presentReader,
            "could be missing"
        ) {
            $0?.adding(.string("ce_runid"))
        },
        Refused("a topic goes", ContractEdit.topics, channel, at: "sync.progress.v1", .both, "the topic is gone") { _ in
            nil
        },
        Refused(
            "a topic is named otherwise on the broker",
            ContractEdit.topics,
            channel + "/address",
            at: "sync.progress.v1",
            .both,
            "another name"
        ) { _ in
            .string("sync.progress.v2")
        },
        Refused(
            "a message comes to a topic",
            ContractEdit.topics,
            channel + "/messages/wecombridge.new.v1",
            at: "sync.progress.v1",
            .releasedReader,
            "dead letters"
        ) { _ in
            .object([:])
        },
        Refused(
            "a message goes from a topic",
            ContractEdit.topics,
            channel + "/messages/wecombridge.run-finished.v1",
            at: "sync.progress.v1",
            .both,
            "no longer carries"
        ) { _ in
            nil
        },
        Refused(
            "a topic keeps less",
            ContractEdit.topics,
            "\(channel)/\(settings)/retention.ms",
            at: "sync.progress.v1",
            .releasedReader,
            "less long"
        ) { _ in
            .integer(86_400_000)
        },
        Refused(
            "a topic is compacted",
            ContractEdit.topics,
            "\(channel)/\(settings)/cleanup.policy",
            at: "sync.progress.v1",
            .both,
            "another way"
        ) { _ in
            .array([.string("compact")])
        },
        Refused("a whole message goes", "cancel-run", "", at: "", .both, "the message is gone") { _ in nil },
    ]

    @Test(
        "a change that a released reader or writer could not live with is refused, with the reason",
        arguments: refused
    )
    func refuses(_ change: Refused) throws {
        let released = try ContractFolder.ofCode()
        let found = change.edit.apply(released).incompatibilities(with: released, called: "1.0")
        #expect(
            found.contains {
                $0.path == change.path && $0.victim == change.victim && $0.reason.contains(change.reason)
            },
            "\(found.map(\.description))"
        )
        #expect(found.allSatisfy { !$0.remedy.isEmpty && $0.release == "1.0" })
    }

    static let allowed = [
        ContractEdit("nothing") { $0 },
        ContractEdit("an optional member", "user-page", "properties/hint") { _ in .text },
        ContractEdit("an optional object", "run-finished", "properties/extra") { _ in
            .object([
                "type": .string("object"), "required": .array([.string("a")]), "properties": .object(["a": .text]),
            ])
        },
        ContractEdit("an optional member of an object", "run-finished", "properties/counts/properties/more") { _ in
            .wholeNumber
        },
        ContractEdit(
            "an optional member of a list's elements",
            "user-batch",
            "properties/users/items/properties/nickname"
        ) { _ in .text },
        ContractEdit("an optional list", "ask-for", "properties/hints") { _ in
            .object(["type": .string("array"), "items": .text])
        },
        ContractEdit("an optional member with values of its own", "run-sync", "properties/urgency") { _ in
            .object(["type": .string("string"), "enum": .array([.string("low"), .string("high")])])
        },
        ContractEdit("an optional member with a pattern and bounds", "logon-failed", "properties/address") { _ in
            .object(["type": .string("string"), "pattern": .string("^a"), "maxLength": .integer(3)])
        },
        ContractEdit("an optional map", "run-started", "properties/labels") { _ in
            .object(["type": .string("object"), "additionalProperties": .text])
        },
        ContractEdit("an optional member goes", "user-page", "properties/origin") { _ in nil },
        ContractEdit(
            "an optional member of a list's elements goes",
            "user-batch",
            "properties/users/items/properties/alias"
        ) { _ in nil },
        ContractEdit("another description", "stage-progress", "properties/pages/description") { _ in .string("Pages.")
        },
        ContractEdit("another description of the whole", "stage-progress", "description") { _ in .string("Told.") },
        ContractEdit("another title", "stage-progress", "title") { _ in .string("Progress") },
        ContractEdit("needed members in another order", "stage-progress", "required") { $0?.turned },
        ContractEdit("values in another order", "run-finished", "properties/outcome/enum") { $0?.turned },
        ContractEdit("alternatives in another order", idp, "properties/scope/oneOf") { $0?.turned },
        ContractEdit("an optional member of an alternative", idp, "properties/scope/oneOf/0/properties/note") { _ in
            .text
        },
        ContractEdit("another version of JSON Schema", "cancel-run", "$schema") { _ in
            .string("https://json-schema.org/draft/next/schema")
        },
        ContractEdit("a new kind of message") { contracts in
            var schemas = contracts.schemas
            schemas["wecombridge.new.v1.schema.json"] = schemas["wecombridge.cancel-run.v1.schema.json"]
            return ContractSet(schemas: schemas, topics: contracts.topics)
        },
        ContractEdit("a new version of a message") { contracts in
            var schemas = contracts.schemas
            schemas["wecombridge.user-page.v2.schema.json"] = .text
            return ContractSet(schemas: schemas, topics: contracts.topics)
        },
        ContractEdit("a new topic", ContractEdit.topics, "channels/new.topic.v1") { _ in
            .object(["address": .string("new.topic.v1"), "messages": .object(["wecombridge.new.v1": .object([:])])])
        },
        ContractEdit("a topic keeps more", ContractEdit.topics, "\(channel)/\(settings)/retention.ms") { _ in
            .integer(86_400_000 * 90)
        },
        ContractEdit("another description of a topic", ContractEdit.topics, channel + "/description") { _ in
            .string("Progress.")
        },
        ContractEdit(
            "more partitions where nothing is asked for",
            ContractEdit.topics,
            channel + "/bindings/kafka/partitions"
        ) { _ in .integer(24) },
        ContractEdit(
            "another summary of a message",
            ContractEdit.topics,
            "components/messages/wecombridge.run-sync.v1/summary"
        ) { _ in .string("Run.") },
        ContractEdit(
            "an optional header",
            ContractEdit.topics,
            "components/messageTraits/envelope/headers/properties/ce_region"
        ) { _ in .text },
        ContractEdit("another version of the document", ContractEdit.topics, "info/version") { _ in .string("1.1.0") },
    ]

    @Test("a change that everybody can live with is allowed", arguments: allowed)
    func allows(_ edit: ContractEdit) throws {
        let released = try ContractFolder.ofCode()
        let found = edit.apply(released).incompatibilities(with: released, called: "1.0")
        #expect(found.isEmpty, "\(found.map(\.description))")
    }

    @Test("every change of the tables changes something, and there are 25 of each at least")
    func tables() throws {
        let released = try ContractFolder.ofCode()
        #expect(Self.refused.count >= 25 && Self.allowed.count >= 25)
        for edit in Self.refused.map(\.edit) + Self.allowed.dropFirst() {
            let changed = edit.apply(released)
            #expect(changed.schemas != released.schemas || changed.topics != released.topics, "\(edit.name)")
        }
    }

    @Test("what was allowed step by step is refused where it meets an older release")
    func transitively() throws {
        let first = try ContractFolder.ofCode()
        let second = ContractEdit("it goes", "user-page", "properties/origin") { _ in nil }.apply(first)
        let third = ContractEdit("its name comes again", "user-page", "properties/origin") { _ in .text }.apply(second)
        #expect(second.incompatibilities(with: first, called: "1.0").isEmpty)
        #expect(third.incompatibilities(with: second, called: "1.1").isEmpty)
        #expect(third.incompatibilities(with: first, called: "1.0").map(\.path) == ["origin"])
    }
}
