import JSONCoding
import KafkaTesting
import Messages
import Pipeline
import Testing

@testable import Fetcher

extension WorkerTests {
    /// Runs of single people and departments, and of decisions.
    @Suite
    struct ObjectsTests {
        @Test("single people are asked for by themselves, and no list of departments is read")
        func people() async throws {
            let (manifest, messages, calls) = try await run(
                RunTarget(users: ["u9", "U9", "gone"], toldDeleted: ["gone"])
            )
            #expect(
                manifest.findings == [Finding(.user("u9"), .present), Finding(.user("gone"), .absent, code: 60111)]
            )
            #expect(manifest.isComplete)
            #expect(manifest.incompleteReasons == ["WeCom does not show 1 of the people asked for."])
            #expect((manifest.distinctUsers, manifest.userDigest) == (1, .sum("u9")))
            #expect((manifest.departmentsExpected, manifest.pages) == (0, 1))
            #expect(manifest.visibleRangeHash != .zero)
            let page = try #require(try messages.userPages().last)
            #expect(page.origin == nil)
            #expect(page.text.contains(#""userid":"u9""#))
            let started = try #require(try messages.first?.decode(RunStarted.self))
            #expect(started.kind == .objects && started.target?.toldDeleted == ["gone"])
            #expect(calls.sorted() == ["agent/get", "gettoken", "user/get gone", "user/get u9"])
        }

        @Test("a department is read with its record and its people, and with what is below if that is asked for")
        func departments() async throws {
            let (alone, messages, calls) = try await run(RunTarget(departments: [4]))
            #expect(alone.departmentDigest == .sum([4]))
            #expect(alone.userDigest == .sum("u1", "u4"))
            #expect(try messages.departmentPages().map(\.text) == [#"[{"id":4,"name":"四","parentid":3}]"#])
            #expect(!calls.contains("department/list"))
            let (below, _, _) = try await run(RunTarget(departments: [4], includesBelow: true))
            #expect(below.isComplete)
            #expect(below.departmentDigest == .sum([4, 5]))
            #expect(below.userDigest == .sum("u1", "u4", "u5"))
            #expect((below.departmentsExpected, below.departmentsRead) == (2, 2))
        }

        @Test("what lies outside the scope or the range, or is gone, is told and not read")
        func outside() async throws {
            let target = RunTarget(users: ["u9", "u2", "u4"], departments: [2, 4, 98, 404])
            let (manifest, messages, calls) = try await run(target, scope: .departments([4]))
            #expect(manifest.isComplete && manifest.unreadDepartments.isEmpty)
            #expect(manifest.departmentDigest == .sum([4]))
            #expect(manifest.userDigest == .sum("u1", "u4", "u9"))
            #expect(manifest.findings.map(\.answer) == [.present, .present, .present])
            #expect(try messages.people() == ["u1", "u4", "u9"])
            #expect(manifest.incompleteReasons.count == 4)
            #expect(!calls.contains("user/list 2") && !calls.contains("user/list 98"))
        }

        @Test("a department or person that WeCom does not answer for falls short")
        func unknown() async throws {
            let target = RunTarget(users: ["odd"], departments: [4])
            let (manifest, _, _) = try await run(target) { world in
                await world.wecom.whenever("department/get 4", .error(40066))
                await world.wecom.whenever("user/get odd", .error(40003))
            }
            #expect(!manifest.isComplete)
            #expect(manifest.unreadDepartments == [4])
            #expect(manifest.findings == [Finding(.user("odd"), .unknown, code: 40003)])
            #expect(manifest.incompleteReasons.count == 2)
        }

        @Test("what WeCom refuses the whole app ends the run")
        func refused() async throws {
            try await FetcherWorld.with { world in
                await world.wecom.whenever("user/get u1", .error(60020))
                let source = try await world.makeSource()
                let fetcher = try await world.start()
                let run = try await world.request(source, kind: .objects, target: RunTarget(users: ["u1"]))
                let aborted = try await world.records.until([RunAborted.type], of: run).aborted()
                #expect((aborted?.outcome, aborted?.errorCode) == (.failed, 60020))
                let nameless = try await world.request(source, epoch: 2, kind: .objects)
                let unreadable = try await world.records.until([RunAborted.type], of: nameless).aborted()
                #expect(unreadable?.cause == .unreadable)
                try await fetcher.stop()
            }
        }

        @Test("an approval reads the visible range alone, a rejection and an undoing nothing")
        func decisions() async throws {
            try await FetcherWorld.with { world in
                let source = try await world.makeSource()
                let fetcher = try await world.start()
                let full = try await world.request(source)
                let hash = try await world.records.until([RunFetched.type], of: full).manifest()?.visibleRangeHash
                let before = await world.wecom.calls.count
                let selection = HeldSelection(upTo: Epoch(rawValue: 1), objects: [.user("u1")])
                let apply = try await world.request(source, epoch: 2, kind: .apply, selection: selection)
                let applied = try await world.records.until([RunFetched.type], of: apply)
                #expect(applied.map(\.envelope.type) == [RunStarted.type, RunFetched.type])
                let manifest = try #require(try applied.manifest())
                #expect(manifest.isComplete && manifest.visibleRangeHash == hash)
                #expect((manifest.pages, manifest.distinctUsers, manifest.departmentsExpected) == (0, 0, 0))
                #expect(try applied[0].decode(RunStarted.self).selection == selection)
                #expect(await world.wecom.calls.count == before + 1)
                await world.wecom.whenever("agent/get", .error(60020))
                for (epoch, kind) in [(Int64(3), RunSync.Kind.reject), (4, .undo)] {
                    let run = try await world.request(source, epoch: epoch, kind: kind, selection: selection)
                    let messages = try await world.records.until([RunFetched.type], of: run)
                    #expect(messages.map(\.envelope.type) == [RunStarted.type, RunFetched.type])
                    #expect(try messages.manifest()?.isComplete == true)
                }
                #expect(await world.wecom.calls.count == before + 1)
                let vain = try await world.request(source, epoch: 5, kind: .apply, selection: selection)
                let aborted = try await world.records.until([RunAborted.type], of: vain).aborted()
                #expect(aborted?.errorCode == 60020)
                try await fetcher.stop()
            }
        }

        @Test("single people and departments tell the paths that the whole list tells, and no list is read for them")
        func paths() async throws {
            let found = Found<(full: [UserPage], objects: [UserPage], calls: [String])>()
            let tree = [(2, 1, "二"), (3, 1, "三"), (4, 3, "四"), (5, 4, "五")]
            let records = tree.map { #"{"id":\#($0),"name":"\#($2)","parentid":\#($1)}"# }
            let wecom = ScriptedWeCom(
                departments: records,
                people: [
                    2: [ScriptedWeCom.user("u2", 2)], 4: [ScriptedWeCom.user("u4", 4)],
                    5: [ScriptedWeCom.user("u5", 5)],
                ],
                range: [2, 3]
            )
            try await FetcherWorld.with(wecom) { world in
                await world.wecom.update { wecom in
                    for (department, record) in zip(tree, records) {
                        wecom.singles[Int64(department.0)] = #"{"errcode":0,"department":\#(record)}"#
                    }
                    wecom.subtrees[4] = Array(records[2...])
                    wecom.persons["u2"] = #"{"errcode":0,"userid":"u2","department":[2]}"#
                }
                var source = try await world.makeSource()
                source.terms.tellsDepartmentPaths = true
                let fetcher = try await world.start()
                let full = try await world.request(source)
                let whole = try await world.records.until([RunFetched.type], of: full).userPages()
                let before = await world.wecom.calls.count
                let target = RunTarget(users: ["u2"], departments: [4], includesBelow: true)
                let objects = try await world.request(source, epoch: 2, kind: .objects, target: target)
                let single = try await world.records.until([RunFetched.type], of: objects).userPages()
                await found.set((whole, single, Array(await world.wecom.calls.dropFirst(before))))
                try await fetcher.stop()
            }
            let (full, objects, calls) = try #require(await found.value)
            #expect(full.departmentPaths == ["u2": ["二"], "u4": ["三", "四"], "u5": ["三", "四", "五"]])
            #expect(objects.departmentPaths == full.departmentPaths)
            #expect(!calls.contains("department/list") && calls.contains("department/get 3"))
        }

        private typealias Outcome = (manifest: FetchManifest, messages: [IncomingMessage], calls: [String])

        /// What comes of a run of these objects.
        private func run(
            _ target: RunTarget,
            scope: SynchronizationScope = .all,
            _ prepare: @escaping @Sendable (FetcherWorld) async -> Void = { _ in }
        ) async throws -> Outcome {
            let found = Found<Outcome>()
            try await FetcherWorld.with { world in
                await world.wecom.update { wecom in
                    for (id, parent, name) in [(2, 1, "二"), (3, 1, "三"), (4, 3, "四"), (5, 4, "五"), (98, 0, "外")] {
                        let record = #"{"id":\#(id),"name":"\#(name)","parentid":\#(parent)}"#
                        wecom.singles[Int64(id)] = #"{"errcode":0,"department":\#(record)}"#
                    }
                    wecom.subtrees[4] = [#"{"id":5,"parentid":4}"#, #"{"id":4,"parentid":3}"#]
                    for (id, departments) in [("u9", [5, 2]), ("u2", [2]), ("u4", [4])] {
                        wecom.persons[id] = #"{"errcode":0,"userid":"\#(id)","department":\#(departments)}"#
                    }
                }
                await prepare(world)
                let source = try await world.makeSource(scope: scope)
                let fetcher = try await world.start()
                let run = try await world.request(source, kind: .objects, target: target)
                let messages = try await world.records.until([RunFetched.type, RunAborted.type], of: run)
                await found.set((try #require(try messages.manifest()), messages, await world.wecom.calls))
                try await fetcher.stop()
            }
            return try #require(await found.value)
        }
    }
}
