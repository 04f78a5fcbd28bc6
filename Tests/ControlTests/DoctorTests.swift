import Examination
import Pipeline
import PostgresTesting
import Runtime
import Testing
import WeCom

@testable import Control

@Suite(.timeLimit(.minutes(5))) struct DoctorTests {
    @Test("a failure makes it ill, a warning and what was skipped do not, and each is told with what mends it")
    func report() throws {
        let findings = [
            CheckResult("database", .passed, "PostgreSQL 15.4 answers registry"),
            CheckResult("groups", .warning, "directory-writer is 20000 messages behind", fix: "start more copies"),
            CheckResult("keys", .skipped, "SEALING_KEYS is not set here"),
        ]
        #expect(Doctor.isWell(findings))
        #expect(!Doctor.isWell(findings + [CheckResult("topics", .failed, "one is missing")]))
        let text = Doctor.text(findings)
        #expect(text.contains("warning: groups: directory-writer is 20000 messages behind\n    start more copies\n"))
        let json = try Doctor.json(findings)
        #expect(json.hasPrefix("[{"))
        #expect(json.contains("\"fix\":\"start more copies\""))
        #expect(json.contains("\"outcome\":\"skipped\""))
    }

    @Test("a clock that is seconds off is warned of, and one that is off by more fails", arguments: [-1.0, 1])
    func clocks(sign: Double) {
        #expect(CheckResult(clock: "database", ahead: sign * 1.5).outcome == .passed)
        #expect(CheckResult(clock: "database", ahead: sign * 20).outcome == .warning)
        let far = CheckResult(clock: "database", ahead: sign * 90)
        #expect(far.outcome == .failed)
        #expect(far.finding == "its clock is 90.0 s \(sign < 0 ? "behind" : "ahead of") ours")
    }

    @Test("who sees more than one service's schema, or none, or everything, has the wrong role")
    func roles() {
        func role(_ schemas: [String], superuser: Bool = false, version: Int = 150_004) -> [CheckResult.Outcome] {
            let answer = DatabaseExamination.Answer(
                role: "registry",
                version: version,
                isSuperuser: superuser,
                schemas: schemas,
                ahead: 0
            )
            return DatabaseExamination.findings(answer).map(\.outcome)
        }
        #expect(role(["registry"]) == [.passed, .passed, .passed])
        #expect(role(["registry", "fetcher"]) == [.passed, .failed, .passed])
        #expect(role([]) == [.passed, .failed, .passed])
        #expect(role(["registry"], superuser: true) == [.passed, .failed, .passed])
        #expect(role(["registry"], version: 140_010) == [.failed, .passed, .passed])
    }

    @Test("a real database answers, and its superuser is no service's role", .enabled(if: TestDatabase.isAvailable))
    func database() async throws {
        try await withTestDatabase { _, url in
            let findings = await Doctor.database(Environment(["DATABASE_URL": url]))
            #expect(findings.map(\.outcome) == [.passed, .failed, .passed])
        }
    }

    @Test("a database and brokers that are away fail, and what is not named is skipped")
    func away() async {
        let away = Environment(["DATABASE_URL": "postgresql://a@127.0.0.1:1/b"])
        #expect(await Doctor.database(away).map(\.outcome) == [.failed])
        #expect(await Doctor.database(Environment([:])).map(\.outcome) == [.skipped])
        #expect(
            await ServiceExamination(environment: Environment([:])).findings().map(\.outcome) == [
                .skipped, .skipped, .skipped,
            ]
        )
        let services = ServiceExamination(environment: Environment(["REGISTRY_URL": "http://127.0.0.1:1"]))
        #expect(await services.findings().map(\.outcome) == [.failed, .skipped, .skipped])
    }

    @Test("keys that are none fail, and their text is not told")
    func keys() {
        #expect(Doctor.keys(Environment([:])).outcome == .skipped)
        #expect(
            Doctor.keys(Environment(["SEALING_KEYS": "k1:" + String(repeating: "A", count: 43) + "="])).outcome
                == .passed
        )
        let bad = Doctor.keys(Environment(["SEALING_KEYS": "k1:secret"]))
        #expect(bad.outcome == .failed)
        #expect(!bad.finding.contains("secret"))
    }

    @Test("a group that read nothing, or is far behind, is told of")
    func groups() {
        func outcome(_ hasRead: Bool, _ behind: Int64) -> CheckResult.Outcome {
            BrokerExamination.group("directory-writer", topic: "t", hasRead: hasRead, behind: behind).outcome
        }
        #expect(outcome(true, 3) == .passed)
        #expect(outcome(false, 0) == .passed)
        #expect(outcome(false, 1) == .warning)
        #expect(outcome(true, 10_001) == .warning)
    }

    @Test("services of two versions are told of, those of one are not")
    func versions() {
        #expect(ServiceExamination.versions(["registry": "1.0.0", "verifier": "1.0.0"]).isEmpty)
        let findings = ServiceExamination.versions(["registry": "1.0.0", "verifier": "1.1.0"])
        #expect(findings.map(\.finding) == ["they differ: registry 1.0.0, verifier 1.1.0"])
    }

    @Test("a service that answers is asked for its version, and a key that it takes is good")
    func services() async throws {
        let sent = try await withRegistry(#"{"info":{"version":"1.2.3"},"items":[]}"#) { environment in
            let findings = await ServiceExamination(environment: environment).findings()
            #expect(findings.first == CheckResult("registry", .passed, "it answers, version 1.2.3"))
            #expect(findings.last == CheckResult("key", .passed, "the registry takes REGISTRY_API_KEY"))
        }
        #expect(sent == ["GET /openapi.json ", "GET /api/v1/tenants "])
    }

    @Test("WeCom's refusal of a call without credentials shows that it is reached, and from where")
    func wecom() async throws {
        let answer = #"{"errcode":40014,"errmsg":"invalid access_token, from ip: 203.0.113.9"}"#
        _ = try await withRegistry(answer) { environment in
            let url = environment.string("REGISTRY_URL", default: "")
            let findings = await WeComExamination(environment: Environment(["WECOM_API_URL": url])).findings()
            #expect(findings.first == CheckResult("WeCom", .passed, "it answers, and sees calls come from 203.0.113.9"))
        }
    }
}
