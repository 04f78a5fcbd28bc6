import JSONCoding
import KafkaTesting
import Messages
import Pipeline
import Postgres
import Testing

@testable import Fetcher

extension WorkerTests {
    @Suite
    struct PageReuseTests {
        /// Makes a first run with epoch 1 and gives what it sent to `body`.
        private func afterFirstRun(
            of wecom: ScriptedWeCom = .small(),
            environment: [String: String] = [:],
            _ body: @Sendable (FetcherWorld, FetcherWorld.Source, [UserPage]) async throws -> Void
        ) async throws {
            try await FetcherWorld.with(wecom, environment: environment) { world in
                let source = try await world.makeSource()
                let fetcher = try await world.start()
                let run = try await world.request(source)
                let pages = try await world.records.until([RunFetched.type], of: run).userPages()
                try await body(world, source, pages)
                try await fetcher.stop()
            }
        }

        @Test("each page says which one it is, and what its bytes are")
        func origins() async throws {
            try await afterFirstRun { _, _, pages in
                #expect(pages.compactMap(\.origin?.department).sorted() == [2, 3, 4, 5])
                for page in pages {
                    #expect(page.origin?.part == 0)
                    #expect(page.origin?.digest == ContentDigest(of: page.users.bytes))
                }
            }
        }

        @Test("a run in which nothing changed sends no pages, and its manifest proves the same people")
        func nothingChanged() async throws {
            try await afterFirstRun { world, source, pages in
                for epoch in 2...3 as ClosedRange<Int64> {
                    let run = try await world.request(source, epoch: epoch, basis: epoch - 1)
                    let messages = try await world.records.until([RunFetched.type], of: run)
                    #expect(
                        messages.map(\.envelope.type) == [
                            RunStarted.type, DepartmentPage.type, UnchangedPages.type, RunFetched.type,
                        ]
                    )
                    let unchanged = try messages.unchangedPages()
                    #expect(
                        unchanged.map(\.origin).sorted { $0.department < $1.department }
                            == pages.compactMap(\.origin).sorted { $0.department < $1.department }
                    )
                    let people = unchanged.first { $0.origin.department == 4 }?.users.digests
                    #expect(people == [.sum("u1"), .sum("u4")])
                    let manifest = try #require(try messages.manifest())
                    #expect(manifest.isComplete)
                    #expect(manifest.pages == 2)
                    #expect(manifest.departmentsRead == 4)
                    #expect(manifest.distinctUsers == 5)
                    #expect(manifest.userDigest == .sum("u1", "u2", "u3", "u4", "u5"))
                }
            }
        }

        @Test("where records tell paths, a renamed department sends the pages of those below it and no others")
        func renamed() async throws {
            let records = [
                #"{"id":1,"name":"总","parentid":0}"#, #"{"id":2,"name":"研","parentid":1}"#,
                #"{"id":3,"name":"台","parentid":2}"#, #"{"id":4,"name":"销","parentid":1}"#,
            ]
            let people = Dictionary(uniqueKeysWithValues: (2...4).map { ($0, [ScriptedWeCom.user("u\($0)", $0)]) })
            let wecom = ScriptedWeCom(departments: records, people: people, range: [1])
            try await FetcherWorld.with(wecom) { world in
                var source = try await world.makeSource()
                source.terms.tellsDepartmentPaths = true
                let fetcher = try await world.start()
                _ = try await world.records.until([RunFetched.type], of: try await world.request(source))
                await world.wecom.update { $0.departments[1] = #"{"id":2,"name":"究","parentid":1}"# }
                let run = try await world.request(source, epoch: 2, basis: 1)
                let messages = try await world.records.until([RunFetched.type], of: run)
                #expect(try messages.userPages().departmentPaths == ["u2": ["总", "究"], "u3": ["总", "究", "台"]])
                #expect(try messages.unchangedPages().map(\.origin.department) == [4])
                #expect(try messages.manifest()?.isComplete == true)
                try await fetcher.stop()
            }
        }

        @Test("a department that changed sends its page, one that is gone is forgotten, a new one is learnt")
        func changedDepartments() async throws {
            try await afterFirstRun { world, source, _ in
                await world.wecom.update { wecom in
                    wecom.people[2] = [ScriptedWeCom.user("u1", 2), ScriptedWeCom.user("u8", 2)]
                    wecom.departments.removeAll { $0.hasPrefix(#"{"id":5"#) }
                    wecom.departments.append(#"{"id":6,"parentid":3,"order":0}"#)
                    wecom.people[6] = [ScriptedWeCom.user("u6", 6)]
                }
                var run = try await world.request(source, epoch: 2, basis: 1)
                var messages = try await world.records.until([RunFetched.type], of: run)
                #expect(try messages.userPages().compactMap(\.origin?.department).sorted() == [2, 6])
                #expect(try messages.unchangedPages().map(\.origin.department).sorted() == [3, 4])
                #expect(try messages.manifest()?.userDigest == .sum("u1", "u3", "u4", "u6", "u8"))

                run = try await world.request(source, epoch: 3, basis: 2)
                messages = try await world.records.until([RunFetched.type], of: run)
                #expect(try messages.userPages().isEmpty)
                #expect(try messages.unchangedPages().map(\.origin.department).sorted() == [2, 3, 4, 6])
                #expect(try messages.manifest()?.userDigest == .sum("u1", "u3", "u4", "u6", "u8"))
                #expect(try await world.keptDepartments(of: source) == [2, 3, 4, 6])
            }
        }

        @Test("of a department with several pages only those that changed travel")
        func parts() async throws {
            let filler = String(repeating: "n", count: 150_000)
            let people = (0..<6).map { #"{"userid":"u\#($0)","name":"\#(filler)"}"# }
            let wecom = ScriptedWeCom(departments: [#"{"id":1,"parentid":0}"#], people: [1: people], range: [1])
            try await afterFirstRun(of: wecom) { world, source, pages in
                #expect(pages.map(\.origin?.part) == [0, 1, 2])
                let renamed = people[3].replacing("nnn\"", with: "xyz\"")
                await world.wecom.update { $0.people[1]?[3] = renamed }
                let run = try await world.request(source, epoch: 2, basis: 1)
                let messages = try await world.records.until([RunFetched.type], of: run)
                #expect(try messages.userPages().map(\.origin?.part) == [1])
                let unchanged = try messages.unchangedPages()
                #expect(unchanged.map(\.origin) == [pages[0], pages[2]].compactMap(\.origin))
                #expect(unchanged.map(\.users.digests) == [[.sum("u0"), .sum("u1")], [.sum("u4"), .sum("u5")]])
                let manifest = try #require(try messages.manifest())
                #expect(manifest.isComplete && manifest.pages == 3)
                #expect(manifest.userDigest == .sum("u0", "u1", "u2", "u3", "u4", "u5"))
            }
        }

        /// Why all pages have to travel again.
        enum Obstacle: CaseIterable {
            case noBasis, otherBasis, otherMapping, otherScope, otherCorp, otherAgent, tooOld, dryRun
        }

        @Test("without a run to go on from all pages travel", arguments: Obstacle.allCases)
        func obstacle(_ obstacle: Obstacle) async throws {
            try await afterFirstRun { world, source, _ in
                let change: SQL? =
                    switch obstacle {
                    case .tooOld: "complete_at = now() - interval '168 hours 1 second'"
                    case .otherMapping: "mapping = 7"
                    case .otherScope: "scope = decode('00', 'hex')"
                    case .otherCorp: "corp = 'another'"
                    case .otherAgent: "agent = 7"
                    default: nil
                    }
                if let change {
                    // It is kept after all was told.
                    try await eventually("a page set is kept") {
                        try await !world.database.run("update fetcher.page_sets set \(change) returning idp").isEmpty
                    }
                }
                let basis: Int64? = obstacle == .noBasis ? nil : obstacle == .otherBasis ? 2 : 1
                let run = try await world.request(source, epoch: 3, isDryRun: obstacle == .dryRun, basis: basis)
                let messages = try await world.records.until([RunFetched.type], of: run)
                #expect(try messages.unchangedPages().isEmpty)
                #expect(try messages.userPages().count == 4)
            }
        }

        @Test("with the reuse switched off nothing is kept and all pages travel")
        func switchedOff() async throws {
            try await afterFirstRun(environment: ["FETCHER_PAGE_REUSE_HOURS": "0"]) { world, source, _ in
                let run = try await world.request(source, epoch: 2, basis: 1)
                let messages = try await world.records.until([RunFetched.type], of: run)
                #expect(try messages.userPages().count == 4)
                #expect(try await world.keptDepartments(of: source).isEmpty)
            }
        }

        @Test("a run that could not read all leaves nothing to go on from but what was kept before")
        func incomplete() async throws {
            try await afterFirstRun { world, source, _ in
                await world.wecom.whenever("user/list 5", .error(40_066))
                let partial = try await world.request(source, epoch: 2, basis: 1)
                let messages = try await world.records.until([RunFetched.type], of: partial)
                #expect(try messages.manifest()?.isComplete == false)
                #expect(try messages.unchangedPages().count == 3)
                let next = try await world.request(source, epoch: 3, basis: 2)
                #expect(try await world.records.until([RunFetched.type], of: next).unchangedPages().isEmpty)
            }
        }

        @Test("a run that changed hands sends the rest whole, and the next run all of it")
        func handOver() async throws {
            try await FetcherWorld.with(environment: ["FETCHER_LEASE_SECONDS": "3"]) { world in
                let source = try await world.makeSource()
                let first = try await world.start("one")
                var run = try await world.request(source)
                _ = try await world.records.until([RunFetched.type], of: run)
                await world.wecom.update { $0.people[2] = [ScriptedWeCom.user("u8", 2)] }
                await world.wecom.next("user/list 5", .held)
                run = try await world.request(source, epoch: 2, basis: 1)
                try await eventually("the department that changed in the checkpoint") {
                    try await !world.checkpoints(of: run).isEmpty
                }
                await first.crash()
                let second = try await world.start("two")
                await world.wecom.letGo("user/list 5")
                let resumed = try await world.records.until([RunFetched.type], of: run)
                #expect(try resumed.of(fence: 3).unchangedPages().isEmpty)
                #expect(try !resumed.of(fence: 3).userPages().isEmpty)
                #expect(try resumed.manifest()?.userDigest == .sum("u1", "u3", "u4", "u5", "u8"))
                let next = try await world.request(source, epoch: 3, basis: 2)
                let messages = try await world.records.until([RunFetched.type], of: next)
                #expect(try messages.unchangedPages().isEmpty)
                #expect(try messages.userPages().count == 4)
                try await second.stop()
            }
        }
    }
}

extension FetcherWorld {
    /// The departments whose pages are kept.
    func keptDepartments(of source: Source) async throws -> [Int64] {
        try await database.run(
            "select distinct department from fetcher.pages where idp = \(source.identityProvider.uuid) order by 1"
        )
        .map { try $0.decode(Int64.self) }
    }
}
