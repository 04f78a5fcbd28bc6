import Messages
import Postgres
import Testing

@testable import Writer

/// When two records are two humans' (architecture.md §3.5).
struct LikenessTests {
    private let ann = Likeness(person("a", name: "Ann", email: "a@x", mobile: "1", openUserID: "wo1"))

    @Test("another name and another mobile number, address or open user id are another human's")
    func another() {
        #expect(Likeness(person("a", name: "Bob", email: "a@x", mobile: "2", openUserID: "wo1")).isAnother(than: ann))
        #expect(Likeness(person("a", name: "Bob", email: "b@x", mobile: "1")).isAnother(than: ann))
        #expect(Likeness(person("a", name: "Bob", openUserID: "wo2")).isAnother(than: ann))
    }

    @Test("another name alone, or another number and address alone, are the same human's")
    func same() {
        #expect(!Likeness(person("a", name: "Bob", email: "a@x", mobile: "1")).isAnother(than: ann))
        #expect(!Likeness(person("a", name: "Ann", email: "b@x", mobile: "2", openUserID: "wo2")).isAnother(than: ann))
    }

    @Test("a stranger has another name, two other things of their own, and none in common")
    func stranger() {
        #expect(Likeness(person("a", name: "Bob", email: "b@x", mobile: "2")).isStranger(to: ann))
        #expect(!Likeness(person("a", name: "Ann", email: "b@x", mobile: "2")).isStranger(to: ann))
        #expect(!Likeness(person("a", name: "Bob", email: "a@x", mobile: "2")).isStranger(to: ann))
        #expect(!Likeness(person("a", name: "Bob", email: "", mobile: "2")).isStranger(to: ann))
        #expect(!Likeness(person("a", name: "Bob", mobile: "2")).isStranger(to: ann))
    }

    @Test("what one of them does not have, or has empty, makes no difference")
    func absent() {
        #expect(!Likeness(person("a", name: "Bob")).isAnother(than: ann))
        #expect(!Likeness(person("a", name: "Bob", email: "", mobile: "")).isAnother(than: ann))
        #expect(!ann.isAnother(than: Likeness(person("a", name: "Bob", email: ""))))
        #expect(!ann.isAnother(than: .unknown))
    }

    @Test("what a record does not tell stays known, and what it empties does not")
    func followed() {
        let told = ann.followed(by: Likeness(person("a", name: "Ann Lee")))
        #expect(Likeness(person("a", name: "Bob", email: "a@x", mobile: "2")).isAnother(than: told))
        let emptied = ann.followed(by: Likeness(person("a", email: "", mobile: "")))
        #expect(!Likeness(person("a", name: "Bob", email: "b@x", mobile: "2")).isAnother(than: emptied))
    }

    @Test("the database keeps of several records what the index does", .enabled(if: WriterWorld.isAvailable))
    func stored() async throws {
        try await Story.with { story in
            var random = RandomRecords(seed: 11)
            var known = Likeness.unknown
            for _ in 1...20 {
                let record = person(
                    "a",
                    name: "Ann",
                    email: random.maybe("a@x"),
                    mobile: random.maybe("1"),
                    openUserID: random.maybe("wo1"),
                    title: random.text()
                )
                try await story.run([record])
                known = known.followed(by: Likeness(record))
                let stored = try await story.world.strings("select likeness::text from directory.users")
                #expect(stored == [String(known.rawValue)])
            }
        }
    }
}

extension RandomRecords {
    /// A text, none, or an empty one.
    fileprivate mutating func maybe(_ text: String) -> String? { [text, nil, ""][number(3)] }

    fileprivate mutating func text() -> String { String(number(1 << 40)) }
}
