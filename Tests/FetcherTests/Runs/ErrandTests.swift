import JSONCoding
import Kafka
import KafkaTesting
import Messages
import Pipeline
import Postgres
import Testing

@testable import Fetcher

extension WorkerTests {
    /// Whom a run missed is asked for one by one, and every question is answered once.
    @Suite
    struct ErrandTests {
        @Test("where the terms say so, the present tell where their departments stand, as far as WeCom says it")
        func departmentPaths() async throws {
            try await FetcherWorld.with { world in
                await world.wecom.update { wecom in
                    for (id, department) in [("u1", 7), ("u2", 8), ("u3", 9)] {
                        wecom.persons[id] = #"{"errcode":0,"userid":"\#(id)","department":[\#(department)]}"#
                    }
                    wecom.singles[7] = #"{"errcode":0,"department":{"id":7,"name":"七","parentid":6}}"#
                    wecom.singles[9] = #"{"errcode":0,"department":{"id":9,"name":"九","parentid":8}}"#
                }
                await world.wecom.whenever("department/get 8", .error(40066))
                var source = try await world.makeSource()
                source.terms.tellsDepartmentPaths = true
                let fetcher = try await world.start()
                let run = try await world.ask(source, for: ["u1", "u2", "u3"].map { .user($0) })
                let messages = try await world.records.until([FindingsFetched.type], of: run)
                let answer = try #require(try messages.findings().last)
                #expect(answer.findings.map(\.answer) == [.present, .present, .present])
                let people = String(decoding: answer.users.bytes, as: UTF8.self)
                #expect(people.matches(of: /departmentPath/).count == 1 && people.contains(#""departmentPath":["七"]"#))
                try await fetcher.stop()
            }
        }

        @Test("WeCom's word about each object, the records of the present, and the range come back in one message")
        func answers() async throws {
            try await FetcherWorld.with { world in
                await world.wecom.update { wecom in
                    wecom.persons["u1"] = #"{"errcode":0,"errmsg":"ok","userid":"U1","name":"一"}"#
                    wecom.persons["u2"] = #"{"errcode":0,"errmsg":"ok","userid":"u2","name":"二"}"#
                    wecom.persons["u3"] = #"{"errcode":0,"errmsg":"ok","userid":"u4"}"#
                    wecom.persons["u5"] = #"{"errcode":0,"errmsg":"ok"}"#
                    wecom.singles[7] = #"{"errcode":0,"department":{"id":7,"name":"七"}}"#
                    wecom.singles[8] = #"{"errcode":0,"department":{"id":9,"name":"九"}}"#
                }
                await world.wecom.whenever("user/get u6", .error(60011))
                await world.wecom.whenever("user/get u7", .error(40003))
                await world.wecom.whenever("department/get 9", .error(60011))
                let source = try await world.makeSource()
                let fetcher = try await world.start()
                let full = try await world.request(source)
                let manifest = try await world.records.until([RunFetched.type], of: full).manifest()
                let objects =
                    ["gone", "u2", "u3", "u5", "u6", "u7"].map { DirectoryObject.user($0) }
                    + [5, 7, 8, 9].map { DirectoryObject.department($0) }
                let run = try await world.ask(source, for: objects, witnesses: [.user("u1"), .user("gone")], run: full)
                let messages = try await world.records.until([FindingsFetched.type], of: run)
                let answer = try #require(try messages.findings().last)
                #expect(
                    answer.findings == [
                        Finding(.user("gone"), .absent, code: 60111), Finding(.user("u2"), .present),
                        Finding(.user("u3"), .unknown), Finding(.user("u5"), .unknown),
                        Finding(.user("u6"), .absent, code: 60011), Finding(.user("u7"), .unknown, code: 40003),
                        Finding(.department(5), .absent, code: 60123), Finding(.department(7), .present),
                        Finding(.department(8), .unknown), Finding(.department(9), .absent, code: 60011),
                    ]
                )
                #expect(
                    answer.witnesses == [Finding(.user("u1"), .present), Finding(.user("gone"), .absent, code: 60111)]
                )
                #expect(String(decoding: answer.users.bytes, as: UTF8.self).contains("二"))
                #expect(!String(decoding: answer.users.bytes, as: UTF8.self).contains("一"))
                #expect(String(decoding: answer.departments.bytes, as: UTF8.self) == #"[{"id":7,"name":"七"}]"#)
                #expect(answer.visibleRangeHash == manifest?.visibleRangeHash)
                #expect((answer.batch, answer.batches, answer.mappingNumber) == (1, 2, source.terms.mapping))
                let positions = messages.compactMap(\.envelope.position)
                #expect(positions.last == RunPosition(epoch: Epoch(rawValue: 1), fence: Fence(rawValue: 2)))
                try await fetcher.stop()
            }
        }

        @Test("the same question again is answered once; another batch of the run by itself")
        func repeated() async throws {
            try await FetcherWorld.with { world in
                let source = try await world.makeSource()
                let fetcher = try await world.start()
                let run = try await world.ask(source, for: [.user("u1")])
                _ = try await world.records.until([FindingsFetched.type], of: run)
                _ = try await world.ask(source, for: [.user("u1")], run: run)
                _ = try await world.ask(source, for: [.user("u1")], run: run, batch: 2)
                let messages = try await world.records.until("the second batch") {
                    try $0.findings().contains { $0.batch == 2 }
                }
                #expect(try messages.findings().map(\.batch) == [1, 2])
                #expect(messages.compactMap { $0.envelope.position?.fence.rawValue } == [1, 2])
                try await fetcher.stop()
            }
        }

        @Test("where the app may not ask, everybody of that kind is refused, and the range is read all the same")
        func forbidden() async throws {
            let answer = try await answer(to: [.user("a"), .user("b"), .department(5)]) { world in
                for id in ["a", "b", "w"] { await world.wecom.whenever("user/get \(id)", .error(48002)) }
            }
            #expect(answer.findings.map(\.answer) == [.refused, .refused, .absent])
            #expect(answer.witnesses == [Finding(.user("w"), .refused, code: 48002)])
            #expect(answer.visibleRangeHash != nil)
        }

        @Test(
            "what keeps WeCom from answering leaves everybody unknown",
            arguments: [45009, 40001, 60020, 48004, 987_654]
        )
        func stopped(code: Int) async throws {
            let people = (0..<40).map { DirectoryObject.user("p\($0)") }
            let answer = try await answer(to: people) { world in
                for id in people.map(\.externalID) + ["w"] {
                    await world.wecom.whenever("user/get \(id)", .error(code))
                }
            }
            #expect(answer.findings.count == 40)
            #expect(answer.findings.allSatisfy { $0.answer == .unknown && $0.code == code })
        }

        @Test("a WeCom that cannot be reached leaves everybody unknown")
        func unreachable() async throws {
            let answer = try await answer(to: [.user("a")]) { world in
                for call in ["user/get w", "user/get a", "agent/get"] { await world.wecom.whenever(call, .status(502)) }
            }
            #expect(answer.findings == [Finding(.user("a"), .unknown)])
            #expect(answer.visibleRangeHash == nil)
        }

        @Test("a range with an unread tag is told as what it is: the same as long as the same tags stay unread")
        func unreadTag() async throws {
            let answer = try await answer(to: [.user("a")]) { world in
                await world.wecom.update { $0.agent = ScriptedWeCom.agent([3], tags: [7, 8]) }
                await world.wecom.whenever("tag/get 7", .error(81011))
                await world.wecom.whenever("tag/get 8", .error(60011))
            }
            #expect(answer.findings == [Finding(.user("a"), .absent, code: 60111)])
            func range(unread: [Int64]) -> ContentDigest {
                let (tags, users): ([Int64], [String]) = ([7, 8], [])
                return VisibleRange(
                    departments: [3],
                    users: users,
                    tags: tags,
                    unreadTags: unread,
                    isCaseSensitive: false
                ).hash
            }
            #expect(answer.visibleRangeHash == range(unread: [8, 7]))
            #expect(![[], [7], [8]].map(range).contains(answer.visibleRangeHash))
        }

        @Test("whether those who are there lie in the scope is told, also by departments made since the run's list")
        func scope() async throws {
            try await FetcherWorld.with { world in
                await world.wecom.update { wecom in
                    let places: [String: [Int64]] = [
                        "new": [20], "both": [3, 20], "out": [3], "far": [77], "odd": [21], "none": [],
                    ]
                    for (id, departments) in places {
                        wecom.persons[id] = #"{"errcode":0,"userid":"\#(id)","department":\#(departments)}"#
                    }
                    wecom.persons["untold"] = #"{"errcode":0,"userid":"untold"}"#
                    wecom.singles[20] = #"{"errcode":0,"department":{"id":20,"parentid":2}}"#
                    wecom.singles[3] = #"{"errcode":0,"department":{"id":3,"parentid":1}}"#
                    wecom.singles[21] = #"{"errcode":0,"department":{"id":9}}"#
                }
                let source = try await world.makeSource(scope: .departments([2]))
                let fetcher = try await world.start()
                let people = ["new", "both", "out", "far", "odd", "none", "untold", "gone"]
                let objects = people.map { DirectoryObject.user($0) } + [.department(20), .department(3)]
                let run = try await world.ask(source, for: objects)
                let answer = try await world.records.until([FindingsFetched.type], of: run).findings().last
                #expect(
                    answer?.findings.map(\.isInScope)
                        == [true, true, false, false, nil, false, nil, nil, true, false]
                )
                try await fetcher.stop()
            }
        }

        @Test("where the app may ask for people and not for departments, those who are there carry WeCom's refusal")
        func departmentsForbidden() async throws {
            try await FetcherWorld.with { world in
                await world.wecom.update { wecom in
                    let places: [(String, [Int64])] = [("a", [20]), ("b", [21]), ("none", [])]
                    for (id, departments) in places {
                        wecom.persons[id] = #"{"errcode":0,"userid":"\#(id)","department":\#(departments)}"#
                    }
                }
                for id in [20, 21] { await world.wecom.whenever("department/get \(id)", .error(48002)) }
                let source = try await world.makeSource(scope: .departments([2]))
                let fetcher = try await world.start()
                let people = ["a", "b", "none", "gone"].map { DirectoryObject.user($0) }
                let run = try await world.ask(source, for: people)
                let answer = try await world.records.until([FindingsFetched.type], of: run).findings().last
                #expect(
                    answer?.findings == [
                        Finding(people[0], .present, code: 48002), Finding(people[1], .present, code: 48002),
                        Finding(people[2], .present, isInScope: false), Finding(people[3], .absent, code: 60111),
                    ]
                )
                let asked = await world.wecom.calls.count { $0.hasPrefix("department/get") }
                #expect(asked == 1)
                try await fetcher.stop()
            }
        }

        @Test("ten minutes after the run's reading nobody is asked for any more")
        func late() async throws {
            try await FetcherWorld.with { world in
                let source = try await world.makeSource()
                let fetcher = try await world.start()
                let askedAt = Timestamp.now.advanced(by: .seconds(-601))
                let run = try await world.ask(source, for: [.user("u1")], witnesses: [.user("u2")], askedAt: askedAt)
                let answer = try await world.records.until([FindingsFetched.type], of: run).findings().last
                #expect(answer?.findings == [Finding(.user("u1"), .unknown)])
                #expect(answer?.witnesses == [Finding(.user("u2"), .unknown)])
                #expect(answer?.visibleRangeHash == nil)
                #expect(await world.wecom.calls.isEmpty)
                try await fetcher.stop()
            }
        }

        @Test("of an identity provider that is closed, revoked, deleted or another corp's by now nobody is asked for")
        func inadmissible() async throws {
            try await FetcherWorld.with { world in
                let fetcher = try await world.start()
                let changes: [@Sendable (inout IdentityProviderConfiguration) -> Void] = [
                    { $0.status = .closed }, { $0.authorization = .revoked },
                    { $0 = $0.deleted(as: Revision(rawValue: 2)) }, { $0.generation = Generation(rawValue: 2) },
                ]
                for change in changes {
                    let source = try await world.makeSource(change: change)
                    let run = try await world.ask(source, for: [.user("u1")], terms: RunTerms())
                    let answer = try await world.records.until([FindingsFetched.type], of: run).findings().last
                    #expect(answer?.findings == [Finding(.user("u1"), .unknown)])
                }
                #expect(await world.wecom.calls.isEmpty)
                try await fetcher.stop()
            }
        }

        @Test("a question of another tenant is answered by nobody")
        func foreign() async throws {
            try await FetcherWorld.with { world in
                let source = try await world.makeSource()
                let fetcher = try await world.start()
                let own = try await world.ask(source, for: [.user("u1")])
                _ = try await world.records.until([FindingsFetched.type], of: own)
                var stranger = source
                stranger.tenant = .make()
                let foreign = try await world.ask(stranger, for: [.user("u1")], epoch: 2)
                _ = try await world.deadLetters.until("the question") { $0.contains { $0.envelope.run == foreign } }
                let later = try await world.ask(source, for: [.user("u1")], epoch: 3)
                let messages = try await world.records.until([FindingsFetched.type], of: later)
                #expect(messages.count == 1)
                #expect(await !world.records.messages.contains { $0.envelope.run == foreign })
                try await fetcher.stop()
            }
        }

        @Test("a question that cannot be read ends its run, as nobody can answer it")
        func unreadable() async throws {
            try await FetcherWorld.with { world in
                let source = try await world.makeSource()
                let fetcher = try await world.start()
                var envelope = source.envelope(run: .make(), epoch: Epoch(rawValue: 1))
                envelope.type = AskFor.type
                let run = try #require(envelope.run)
                let record = OutgoingRecord(
                    encoded: Array(#"{"batch":"one"}"#.utf8),
                    envelope: envelope,
                    to: TopicCatalogue.commands,
                    in: world.namespace
                )
                _ = try await world.producer.send(record)
                let aborted = try await world.records.until([RunAborted.type], of: run).aborted()
                #expect((aborted?.outcome, aborted?.cause) == (.failed, .unreadable))
                _ = try await world.deadLetters.until("the question") { $0.contains { $0.envelope.run == run } }
                try await fetcher.stop()
            }
        }

        @Test("a run that is cancelled while it is asked for is ended, and its other questions with it")
        func cancelled() async throws {
            try await FetcherWorld.with { world in
                await world.wecom.next("user/get a", .held)
                let source = try await world.makeSource()
                let fetcher = try await world.start()
                let run = try await world.ask(source, for: [.user("a")])
                _ = try await world.ask(source, for: [.user("b"), .user("c")], run: run, batch: 2)
                try await eventually("the first is asked for") {
                    let open = try await world.openErrands()
                    return await world.wecom.isHeld("user/get a") && open == 2
                }
                try await world.send(CancelRun(run: run, epoch: Epoch(rawValue: 1)), source)
                let messages = try await world.records.until([RunAborted.type], of: run)
                #expect(messages.map(\.envelope.type) == [RunAborted.type])
                #expect(try messages.aborted()?.outcome == .cancelled)
                try await eventually("nothing is open") { try await world.openErrands() == 0 }
                await world.wecom.letGo("user/get a")
                try await fetcher.stop()
            }
        }

        /// A fetcher that waits for WeCom's word about somebody, and the run that asks.
        private func askedByOne(_ world: FetcherWorld) async throws -> (FetcherProcess, RunID) {
            await world.wecom.next("user/get a", .held)
            let source = try await world.makeSource()
            let fetcher = try await world.start("one")
            let run = try await world.ask(source, for: [.user("a")])
            try await eventually("somebody is asked for") {
                await world.wecom.isHeld("user/get a")
            }
            return (fetcher, run)
        }

        @Test("whoever takes an errand over asks again, and answers with a later fence")
        func crash() async throws {
            try await FetcherWorld.with(environment: ["FETCHER_LEASE_SECONDS": "2"]) { world in
                let (first, run) = try await askedByOne(world)
                await first.crash()
                await world.wecom.letGo("user/get a")
                let second = try await world.start("two")
                let messages = try await world.records.until([FindingsFetched.type], of: run)
                #expect(messages.map { $0.envelope.position?.fence.rawValue } == [2])
                #expect(messages.map(\.envelope.source) == ["wecom-fetcher/two"])
                try await second.stop()
            }
        }

        @Test("a fetcher that is stopped hands its errands back at once")
        func handedBack() async throws {
            try await FetcherWorld.with(environment: ["FETCHER_LEASE_SECONDS": "600"]) { world in
                let (first, run) = try await askedByOne(world)
                async let stopped: Void = first.stop()
                try await eventually("the lease is free") {
                    try await world.database.run("select from fetcher.leases where owner is not null").isEmpty
                }
                await world.wecom.letGo("user/get a")
                try await stopped
                let second = try await world.start("two")
                #expect(try await world.records.until([FindingsFetched.type], of: run).count == 1)
                try await second.stop()
            }
        }

        /// The answer to a question with one witness, `w`.
        private func answer(
            to objects: [DirectoryObject],
            _ prepare: @escaping @Sendable (FetcherWorld) async -> Void
        ) async throws -> FindingsFetched {
            let found = Found<FindingsFetched>()
            try await FetcherWorld.with { world in
                await world.wecom.update { $0.persons["w"] = #"{"errcode":0,"userid":"w"}"# }
                await prepare(world)
                let source = try await world.makeSource()
                let fetcher = try await world.start()
                let run = try await world.ask(source, for: objects, witnesses: [.user("w")])
                await found.set(try await world.records.until([FindingsFetched.type], of: run).findings().last)
                try await fetcher.stop()
            }
            return try #require(await found.value)
        }
    }
}

extension FetcherWorld {
    fileprivate func openErrands() async throws -> Int {
        try await database.run("select from fetcher.errands where state = 'open'").count
    }
}

/// What a body that returns nothing found.
actor Found<Value: Sendable> {
    private(set) var value: Value?

    func set(_ value: Value?) { self.value = value }
}
