import Messages
import Pipeline
import Testing

@testable import Fetcher

extension WorkerTests {
    @Suite
    struct FullRunTests {
        @Test("a full run is sent in order, byte for byte, and its manifest proves it")
        func fullRun() async throws {
            try await FetcherWorld.with { world in
                let source = try await world.makeSource()
                let fetcher = try await world.start()
                let run = try await world.request(source, epoch: 7)
                let messages = try await world.records.until([RunFetched.type], of: run)
                let types = messages.map(\.envelope.type)
                #expect(
                    types == [RunStarted.type, DepartmentPage.type] + Array(repeating: UserPage.type, count: 4) + [
                        RunFetched.type
                    ]
                )
                for message in messages {
                    #expect(
                        message.envelope.position == RunPosition(epoch: Epoch(rawValue: 7), fence: Fence(rawValue: 1))
                    )
                    #expect(message.envelope.tenant == source.tenant)
                    #expect(message.envelope.source == "wecom-fetcher/one")
                }
                let departments = try messages.departmentPages()
                #expect(departments.map(\.page) == [1])
                let raw = await world.wecom.departments
                #expect(
                    departments[0].text
                        == "[\(raw[1]),\(raw[0]),\(raw[4]),\(raw[2])]"
                )
                let users = try messages.userPages()
                #expect(users.map(\.page) == [2, 3, 4, 5])
                let people = await world.wecom.people
                let sent = Set(users.map(\.text))
                #expect(sent == Set(([2, 3, 4, 5] as [Int64]).map { "[\(people[$0]!.joined(separator: ","))]" }))
                let manifest = try #require(try messages.manifest())
                #expect(manifest.isComplete)
                #expect(manifest.incompleteReasons.isEmpty)
                #expect(manifest.departmentsExpected == 4)
                #expect(manifest.departmentsRead == 4)
                #expect(manifest.pages == 5)
                #expect(manifest.distinctUsers == 5)
                #expect(manifest.userDigest == .sum("u1", "u2", "u3", "u4", "u5"))
                #expect(manifest.departmentDigest == .sum([2, 3, 4, 5]))
                try await fetcher.stop()
            }
        }

        @Test("the start of a run says what was asked for, and progress tells how it goes")
        func startAndProgress() async throws {
            try await FetcherWorld.with { world in
                let source = try await world.makeSource()
                let fetcher = try await world.start()
                let run = try await world.request(source)
                let messages = try await world.records.until([RunFetched.type], of: run)
                #expect(
                    try messages[0].decode(RunStarted.self)
                        == RunStarted(
                            kind: .full,
                            isDryRun: false,
                            terms: source.terms,
                            requestedAt: Timestamp(millisecondsSince1970: 1_700_000_000_000)
                        )
                )
                let progress = try await world.progress.until("the last progress") {
                    try $0.contains { try $0.decode(StageProgress.self).departmentsRead == 4 }
                }
                let last = try #require(try progress.last?.decode(StageProgress.self))
                #expect(
                    last
                        == StageProgress(
                            stage: .fetcher,
                            pages: 5,
                            departmentsRead: 4,
                            departmentsExpected: 4,
                            usersSeen: 5
                        )
                )
                #expect(try progress.first?.decode(StageProgress.self) == StageProgress(stage: .fetcher, pages: 0))
                try await fetcher.stop()
            }
        }

        @Test("a run of departments reads nobody")
        func departmentsOnly() async throws {
            try await FetcherWorld.with { world in
                let source = try await world.makeSource()
                let fetcher = try await world.start()
                let run = try await world.request(source, kind: .departments)
                let messages = try await world.records.until([RunFetched.type], of: run)
                #expect(messages.map(\.envelope.type) == [RunStarted.type, DepartmentPage.type, RunFetched.type])
                let manifest = try #require(try messages.manifest())
                #expect(manifest.isComplete)
                #expect(manifest.distinctUsers == 0)
                #expect(manifest.userDigest == .zero)
                #expect(manifest.departmentDigest == .sum([2, 3, 4, 5]))
                #expect(await world.wecom.calls.contains { $0.hasPrefix("user/") } == false)
                try await fetcher.stop()
            }
        }

        @Test("people named one by one and by tags are read too, and none that a department showed already")
        func individuals() async throws {
            try await FetcherWorld.with { world in
                await world.wecom.update { wecom in
                    wecom.agent = ScriptedWeCom.agent([3], users: ["u9", "U4"], tags: [8])
                    wecom.tags[8] =
                        #"{"errcode":0,"tagname":"t","userlist":[{"userid":"u7","name":"x"},{"userid":"u3"}],"partylist":[99]}"#
                    wecom.persons["u7"] = #"{"errcode":0,"errmsg":"ok","userid":"u7","name":"七"}"#
                    wecom.persons["u9"] = #"{"errcode":0,"errmsg":"ok","userid":"u9","name":"九"}"#
                }
                let source = try await world.makeSource()
                let fetcher = try await world.start()
                let run = try await world.request(source)
                let messages = try await world.records.until([RunFetched.type], of: run)
                let manifest = try #require(try messages.manifest())
                #expect(manifest.isComplete)
                #expect(manifest.departmentDigest == .sum([3, 4, 5, 99]))
                #expect(manifest.userDigest == .sum("u1", "u3", "u4", "u5", "u7", "u9", "out"))
                let last = try #require(try messages.userPages().last)
                let persons = await world.wecom.persons
                #expect(last.text == "[\(persons["u7"]!),\(persons["u9"]!)]")
                #expect(
                    await world.wecom.calls.filter { $0.hasPrefix("user/get") }.sorted() == [
                        "user/get u7", "user/get u9",
                    ]
                )
                try await fetcher.stop()
            }
        }

        @Test("a scope of departments takes what is below them, and nobody named one by one")
        func scope() async throws {
            try await FetcherWorld.with { world in
                await world.wecom.update { $0.agent = ScriptedWeCom.agent([2, 3], users: ["u9"]) }
                let source = try await world.makeSource(scope: .departments([4]))
                let fetcher = try await world.start()
                let run = try await world.request(source)
                let manifest = try #require(try await world.records.until([RunFetched.type], of: run).manifest())
                #expect(manifest.isComplete)
                #expect(manifest.departmentDigest == .sum([4, 5]))
                #expect(manifest.userDigest == .sum("u1", "u4", "u5"))
                try await fetcher.stop()
            }
        }
    }
}
