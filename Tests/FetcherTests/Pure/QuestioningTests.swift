import JSONCoding
import Messages
import Synchronization
import Testing
import WeCom

@testable import Fetcher

@Suite(.timeLimit(.minutes(5)))
struct QuestioningTests {
    private static let far = Duration.seconds(3_600)

    private func object(_ number: Int) -> DirectoryObject { .user(String(number)) }

    private func answers(
        to count: Int,
        concurrency: Int = 4,
        _ ask: @escaping @Sendable (DirectoryObject) async throws -> Inquiry.Answer
    ) async throws -> [Finding] {
        try await Questioning(ask: ask, concurrency: concurrency)
            .answers(to: (0..<count).map(object), until: .now + Self.far).map(\.finding)
    }

    @Test("answers stand in the order of the questions, each asked once")
    func order() async throws {
        let asked = Asked()
        let findings = try await answers(to: 100) { object in
            asked.note(object)
            return Inquiry.Answer(object, .present, record: [])
        }
        #expect(findings == (0..<100).map { Finding(object($0), .present) })
        #expect(asked.all.count == 100 && Set(asked.all).count == 100)
    }

    @Test("what concerns one object stops no other")
    func skipped() async throws {
        let findings = try await answers(to: 20) { object in
            Inquiry.Answer(object, .unknown, error: WeComError(.api(40003), path: "user/get"))
        }
        #expect(findings.allSatisfy { $0.code == 40003 })
    }

    @Test("once WeCom answers nothing more, all that is open has its code", arguments: [45009, 60020, 40014])
    func stopped(code: Int) async throws {
        let asked = Asked()
        let findings = try await answers(to: 50, concurrency: 1) { object in
            asked.note(object)
            guard asked.all.count > 3 else { return Inquiry.Answer(object, .absent) }
            return Inquiry.Answer(object, .unknown, error: WeComError(.api(code), path: "user/get"))
        }
        #expect(asked.all.count == 4)
        #expect(findings.prefix(3).allSatisfy { $0.answer == .absent })
        #expect(findings.dropFirst(3).allSatisfy { $0.answer == .unknown && $0.code == code })
    }

    @Test("whether WeCom answers nothing more is told, so that those who come after them need not be asked for")
    func toldEnd() async throws {
        for (code, isEnd) in [(45009, true), (40003, false)] {
            let questioning = Questioning(
                ask: { Inquiry.Answer($0, .unknown, error: WeComError(.api(code), path: "user/get")) },
                concurrency: 2
            )
            let outcome = try await questioning.outcome(of: (0..<10).map(object), until: nil)
            #expect((outcome.end?.code == code) == isEnd)
            #expect(outcome.answers.map(\.finding.object) == (0..<10).map(object))
        }
    }

    @Test("three failures in a row on the way end the asking, and fewer do not")
    func unreachable() async throws {
        let asked = Asked()
        let findings = try await answers(to: 50, concurrency: 1) { object in
            asked.note(object)
            let isPassing = asked.all.count % 3 != 0 && asked.all.count < 10 || asked.all.count > 20
            guard isPassing else { return Inquiry.Answer(object, .absent) }
            return Inquiry.Answer(object, .unknown, error: WeComError(.timeout, path: "user/get"))
        }
        #expect(asked.all.count == 23)
        #expect(findings.dropFirst(20).allSatisfy { $0 == Finding($0.object, .unknown) })
    }

    @Test("of a kind that the app may not ask for nobody else is asked for")
    func refused() async throws {
        let asked = Asked()
        let objects = (0..<10).map(object) + [.department(1)]
        let questioning = Questioning(
            ask: { object in
                asked.note(object)
                guard object.kind == .user else { return Inquiry.Answer(object, .absent) }
                return Inquiry.Answer(object, .refused, error: WeComError(.api(48002), path: "user/get"))
            },
            concurrency: 1
        )
        let findings = try await questioning.answers(to: objects, until: .now + Self.far).map(\.finding)
        #expect(asked.all == [object(0), .department(1)])
        #expect(findings.dropLast().allSatisfy { $0.answer == .refused && $0.code == 48002 })
        #expect(findings.last?.answer == .absent)
    }

    @Test("when the time is over, what is open is unknown, and nobody waits for it")
    func timeIsUp() async throws {
        let questioning = Questioning(
            ask: { object in
                if object != .user("0") { try await Task.sleep(for: Self.far) }
                return Inquiry.Answer(object, .absent)
            },
            concurrency: 2
        )
        let answers = try await questioning.answers(to: (0..<5).map(object), until: .now + .seconds(2))
        #expect(answers.map(\.finding.answer) == [.absent, .unknown, .unknown, .unknown, .unknown])
    }

    @Test("records that have no room in one message leave their objects unknown")
    func room() throws {
        var gathering = FindingsGathering(.sample(), limit: 20)
        gathering.add(Inquiry.Answer(.user("a"), .present, record: Array(#"{"a":1}"#.utf8)))
        gathering.add(Inquiry.Answer(.department(1), .present, record: Array(#"{"b":1}"#.utf8)))
        gathering.add(Inquiry.Answer(.user("c"), .present, record: Array(#"{"c":1}"#.utf8)))
        gathering.add(Inquiry.Answer(.user("d"), .absent))
        let message = gathering.message(range: nil)
        #expect(message.findings.map(\.answer) == [.present, .present, .unknown, .absent])
        #expect(String(decoding: message.users.bytes, as: UTF8.self) == #"[{"a":1}]"#)
        #expect(String(decoding: message.departments.bytes, as: UTF8.self) == #"[{"b":1}]"#)
    }

    private final class Asked: Sendable {
        private let objects = Mutex<[DirectoryObject]>([])

        var all: [DirectoryObject] { objects.withLock { $0 } }

        func note(_ object: DirectoryObject) { objects.withLock { $0.append(object) } }
    }
}
