import KafkaTesting
import Messages
import Postgres
import Pipeline
import Testing

@testable import Fetcher

extension WorkerTests {
    @Suite
    struct FaultTests {
        @Test("an empty list of departments makes the manifest incomplete")
        func emptyDepartments() async throws {
            let manifest = try await fetched { $0.departments = [] }
            #expect(manifest.isComplete == false)
            #expect(manifest.incompleteReasons == ["WeCom lists no department."])
            #expect(manifest.departmentsExpected == 0)
            #expect(manifest.unreadDepartments == [2, 3])
        }

        @Test("an empty visible range makes the manifest incomplete")
        func emptyRange() async throws {
            let manifest = try await fetched { $0.agent = ScriptedWeCom.agent([]) }
            #expect(manifest.incompleteReasons == ["The app's visible range is empty."])
        }

        @Test("an answer without its list is not taken for an empty one")
        func listMissing() async throws {
            let manifest = try await fetched(["user/list 3": .body(#"{"errcode":0,"errmsg":"ok"}"#)])
            #expect(
                manifest.incompleteReasons == ["Department 3 could not be read: WeCom's answer is not of its form."]
            )
            #expect(manifest.departmentsRead == 3)
            #expect(manifest.unreadDepartments == [3])
        }

        @Test(
            "an odd visible range ends the run",
            arguments: [
                #"{"errcode":0,"allow_partys":{"partyid":"all"},"allow_userinfos":{"user":[]},"allow_tags":{"tagid":[]}}"#,
                #"{"errcode":0,"allow_userinfos":{"user":[]},"allow_tags":{"tagid":[]}}"#,
            ]
        )
        func oddRange(agent: String) async throws {
            let aborted = try await aborted { world in await world.wecom.update { $0.agent = agent } }
            #expect(aborted.outcome == .failed)
            #expect(aborted.reason == "WeCom does not say in a known form what the app may see.")
        }

        @Test("an answer that is cut off is asked for again")
        func truncatedOnce() async throws {
            let manifest = try await fetched(once: ["user/list 3": [.truncated, .status(502)]])
            #expect(manifest.isComplete)
            #expect(manifest.userDigest == .sum("u1", "u2", "u3", "u4", "u5"))
        }

        @Test("a department whose answer is always cut off is left out, and the manifest says so")
        func truncatedAlways() async throws {
            let manifest = try await fetched(["user/list 3": .truncated])
            #expect(manifest.isComplete == false)
            #expect(manifest.incompleteReasons.count == 1)
            #expect(manifest.incompleteReasons.first?.hasPrefix("Department 3 could not be read: ") == true)
            #expect(manifest.userDigest == .sum("u1", "u2", "u4", "u5"))
            #expect(manifest.departmentsRead == 3)
        }

        @Test("a department that WeCom refuses is left out, and the manifest says so")
        func refusedDepartment() async throws {
            let manifest = try await fetched(["user/list 4": .error(40066)])
            #expect(manifest.isComplete == false)
            #expect(manifest.unreadDepartments == [4])
            #expect(manifest.incompleteReasons.first?.contains("(error 40066)") == true)
            #expect(manifest.userDigest == .sum("u1", "u2", "u3", "u5"))
        }

        @Test(
            "a department that is gone while it is read is told of, and nothing falls short",
            arguments: [60003, 60123]
        )
        func goneDepartment(code: Int) async throws {
            let manifest = try await fetched(["user/list 4": .error(code)])
            #expect(manifest.isComplete)
            #expect(manifest.unreadDepartments.isEmpty)
            #expect(manifest.incompleteReasons.count == 1)
            #expect(manifest.incompleteReasons.first?.contains("(error \(code))") == true)
            #expect(manifest.departmentsRead == 3)
            #expect(manifest.userDigest == .sum("u1", "u2", "u3", "u5"))
        }

        @Test("a department that the app may not see any more is not one that was read whole")
        func departmentOutOfSight() async throws {
            let manifest = try await fetched(["user/list 4": .error(60011)])
            #expect(manifest.isComplete == false)
            #expect(manifest.unreadDepartments == [4])
            #expect(manifest.incompleteReasons.first?.contains("(error 60011)") == true)
            #expect(manifest.departmentsRead == 3)
        }

        @Test("what hangs below a department that is not listed is read, and WeCom is asked where it belongs")
        func brokenChains() async throws {
            let manifest = try await fetched { wecom in
                wecom.departments = [
                    #"{"id":2,"parentid":1}"#, #"{"id":5,"parentid":4}"#, #"{"id":6,"parentid":5}"#,
                    #"{"id":8,"parentid":7}"#,
                ]
                wecom.people[6] = [ScriptedWeCom.user("u6", 6)]
                wecom.singles[4] = #"{"errcode":0,"department":{"id":4,"parentid":1}}"#
                wecom.singles[7] = #"{"errcode":60011,"errmsg":"no privilege"}"#
                wecom.agent = ScriptedWeCom.agent([1])
            }
            #expect(manifest.departmentsRead == 3)
            #expect(manifest.userDigest == .sum("u1", "u2", "u5", "u6"))
            #expect(manifest.unreadDepartments.isEmpty && manifest.isComplete)
        }

        @Test(
            "a range of people alone asks for no departments, which WeCom may refuse",
            arguments: [ScriptedWeCom.Odd.error(60011), .body(#"{"errcode":0,"errmsg":"ok"}"#)]
        )
        func peopleAlone(list: ScriptedWeCom.Odd) async throws {
            let manifest = try await fetched(["department/list": list]) {
                $0.agent = ScriptedWeCom.agent([], users: ["u1"])
                $0.persons["u1"] = #"{"errcode":0,"userid":"u1"}"#
            }
            #expect(manifest.isComplete)
            #expect(manifest.userDigest == .sum("u1"))
        }

        @Test("departments for which WeCom is always busy are left out, however many, and the others are read")
        func busyDepartments() async throws {
            let manifest = try await fetched([
                "user/list 2": .error(-1), "user/list 3": .truncated, "user/list 4": .error(6000),
            ])
            #expect(manifest.unreadDepartments == [2, 3, 4])
            #expect(manifest.userDigest == .sum("u5"))
        }

        @Test("an outage hands the run back, and it goes on once WeCom answers again")
        func passingOutage() async throws {
            try await FetcherWorld.with { world in
                for department in 2...5 { await world.wecom.whenever("user/list \(department)", .status(502)) }
                let fetcher = try await world.start()
                let run = try await world.request(try await world.makeSource())
                try await eventually("the run is handed back") {
                    try await world.database.run(
                        "select from fetcher.inbox where run = \(run.uuid) and state = 'queued' and failures = 1"
                    ).count == 1
                }
                for department in 2...5 {
                    await world.wecom.whenever("user/list \(department)", .body(#"{"errcode":0,"userlist":[]}"#))
                }
                let messages = try await world.records.until([RunFetched.type, RunAborted.type], of: run)
                #expect(try messages.manifest()?.departmentsRead == 4)
                #expect(try messages.manifest()?.isComplete == true)
                try await fetcher.stop()
            }
        }

        @Test("people named one by one are not all asked for while WeCom does not answer")
        func unreachablePeople() async throws {
            let users = (1...40).map { "p\($0)" }
            let aborted = try await aborted { world in
                await world.wecom.update { $0.agent = ScriptedWeCom.agent([], users: users) }
                for user in users { await world.wecom.whenever("user/get \(user)", .status(502)) }
            }
            #expect(aborted.outcome == .failed && aborted.errorCode == nil)
        }

        @Test("a person of the range who is gone is told of, and nothing falls short")
        func gonePerson() async throws {
            let manifest = try await fetched { $0.agent = ScriptedWeCom.agent([3], users: ["u404"]) }
            #expect(manifest.isComplete)
            #expect(manifest.incompleteReasons == ["A person of the visible range is no longer there."])
        }

        @Test("a person who cannot be read makes the manifest incomplete")
        func refusedPerson() async throws {
            let manifest = try await fetched(["user/get u404": .error(40003)]) {
                $0.agent = ScriptedWeCom.agent([3], users: ["u404"])
            }
            #expect(manifest.isComplete == false)
            #expect(manifest.incompleteReasons.count == 1)
            #expect(manifest.incompleteReasons.first?.contains("u404") == false)
            #expect(manifest.userDigest == .sum("u1", "u3", "u4", "u5"))
        }

        @Test("a tag that cannot be read makes the manifest incomplete")
        func refusedTag() async throws {
            let manifest = try await fetched(["tag/get 7": .error(40068)]) {
                $0.agent = ScriptedWeCom.agent([3], tags: [7])
            }
            #expect(manifest.incompleteReasons.first?.hasPrefix("Tag 7 could not be read") == true)
            #expect(!manifest.isRangeWhole && !manifest.isComplete)
        }

        @Test("a token that expires in the middle of a run is renewed")
        func expiredToken() async throws {
            let manifest = try await fetched(once: ["user/list 3": [.expiredToken]])
            #expect(manifest.isComplete)
            #expect(manifest.userDigest == .sum("u1", "u2", "u3", "u4", "u5"))
        }

        @Test("a frequency limit pauses the run, and it goes on")
        func frequencyLimit() async throws {
            let manifest = try await fetched(once: ["user/list 3": [.error(45009)], "user/list 4": [.error(45033)]])
            #expect(manifest.isComplete)
        }

        @Test(
            "what WeCom refuses the whole app ends the run with its code and what helps",
            arguments: ["agent/get", "department/list", "user/list 3"]
        )
        func stop(call: String) async throws {
            let aborted = try await aborted { await $0.wecom.whenever(call, .error(60020)) }
            #expect(aborted.outcome == .failed)
            #expect(aborted.errorCode == 60020)
            #expect(aborted.reason.contains("10.0.0.1") && aborted.reason.contains("(hint 1_2)"))
            #expect(aborted.reason.contains("What to do"))
        }

        @Test("a WeCom that cannot be reached ends the run")
        func unreachable() async throws {
            let aborted = try await aborted { world in
                for department in 2...5 { await world.wecom.whenever("user/list \(department)", .status(502)) }
            }
            #expect(aborted.outcome == .failed)
            #expect(aborted.errorCode == nil)
        }

        @Test("a run is cancelled in the middle")
        func cancelled() async throws {
            try await FetcherWorld.with { world in
                await world.wecom.next("user/list 5", .held)
                let source = try await world.makeSource()
                let fetcher = try await world.start()
                let run = try await world.request(source)
                try await eventually("the last department is asked for") {
                    await world.wecom.isHeld("user/list 5")
                }
                try await world.send(CancelRun(run: run, epoch: Epoch(rawValue: 1)), source)
                let aborted = try await world.records.until([RunAborted.type], of: run).aborted()
                #expect(aborted == RunAborted(outcome: .cancelled, reason: "The run was cancelled."))
                await world.wecom.letGo("user/list 5")
                try await fetcher.stop()
            }
        }

        @Test("a run that was cancelled before anybody claimed it ends at once")
        func cancelledEarly() async throws {
            try await FetcherWorld.with { world in
                let source = try await world.makeSource()
                let run = try await world.request(source)
                try await world.send(CancelRun(run: run, epoch: Epoch(rawValue: 1)), source)
                let fetcher = try await world.start()
                let messages = try await world.records.until([RunAborted.type, RunFetched.type], of: run)
                #expect(messages.map(\.envelope.type) == [RunStarted.type, RunAborted.type])
                #expect(await world.wecom.calls.isEmpty)
                try await fetcher.stop()
            }
        }

        @Test("a run whose configuration does not come fails, with its reason")
        func unknownRevision() async throws {
            try await FetcherWorld.with(environment: ["CONFIGURATION_PATIENCE_SECONDS": "0.3"]) { world in
                let source = try await world.makeSource()
                let fetcher = try await world.start()
                let run = try await world.request(source, revision: 9)
                let aborted = try #require(try await world.records.until([RunAborted.type], of: run).aborted())
                #expect(aborted.outcome == .failed)
                #expect(aborted.reason.contains("Revision 9"))
                try await fetcher.stop()
            }
        }

        @Test("a closed identity provider is skipped, one that is not connected fails")
        func closedOrRevoked() async throws {
            try await FetcherWorld.with { world in
                let fetcher = try await world.start()
                let closed = try await world.makeSource { $0.status = .closed }
                let revoked = try await world.makeSource { $0.authorization = .revoked }
                let closedRun = try await world.request(closed)
                let revokedRun = try await world.request(revoked)
                #expect(try await world.records.until([RunAborted.type], of: closedRun).aborted()?.outcome == .skipped)
                #expect(try await world.records.until([RunAborted.type], of: revokedRun).aborted()?.outcome == .failed)
                try await fetcher.stop()
            }
        }

        /// The manifest of a full run.
        private func fetched(
            _ always: [String: ScriptedWeCom.Odd] = [:],
            once: [String: [ScriptedWeCom.Odd]] = [:],
            _ change: @escaping @Sendable (isolated ScriptedWeCom) -> Void = { _ in }
        ) async throws -> FetchManifest {
            let wecom = ScriptedWeCom.small()
            for (call, odd) in always { await wecom.whenever(call, odd) }
            for (call, odds) in once { for odd in odds { await wecom.next(call, odd) } }
            await wecom.update(change)
            let found = Found<FetchManifest>()
            try await FetcherWorld.with(wecom) { world in
                let fetcher = try await world.start()
                let run = try await world.request(try await world.makeSource())
                let messages = try await world.records.until([RunFetched.type, RunAborted.type], of: run)
                #expect(try messages.aborted() == nil)
                await found.set(try messages.manifest())
                try await fetcher.stop()
            }
            return try #require(await found.value)
        }

        /// The end of a run that is aborted.
        private func aborted(_ prepare: @escaping @Sendable (FetcherWorld) async -> Void) async throws -> RunAborted {
            let found = Found<RunAborted>()
            try await FetcherWorld.with { world in
                await prepare(world)
                let fetcher = try await world.start()
                let run = try await world.request(try await world.makeSource())
                await found.set(try await world.records.until([RunFetched.type, RunAborted.type], of: run).aborted())
                try await fetcher.stop()
            }
            return try #require(await found.value)
        }

    }
}
