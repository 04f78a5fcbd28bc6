import Foundation
import Runtime
import Testing
import WeCom

@testable import Registry

@Suite(.timeLimit(.minutes(5)))
struct SettingsTests {
    private static let good = [
        "DATABASE_URL": "postgresql://registry@127.0.0.1/bridge",
        "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9092",
        "SEALING_KEYS": "k1:" + Data(repeating: 1, count: 32).base64EncodedString(),
    ]

    private static let provider = [
        "WECOM_PROVIDER_CORPID": Provider.corpID, "WECOM_PROVIDER_SECRET": "s", "WECOM_TEMPLATE_ID": Provider.template,
        "WECOM_TEMPLATE_SECRET": "s", "WECOM_CALLBACK_TOKEN": Provider.token, "WECOM_CALLBACK_AES_KEY": Provider.key,
    ]

    /// The variables that are complained of.
    private func complaints(_ values: [String: String]) -> [String: String] {
        do {
            _ = try Settings(Environment(values))
            return [:]
        } catch let errors as ConfigurationErrors {
            return Dictionary(errors.errors.map { ($0.variable, $0.description) }) { first, _ in first }
        } catch {
            return ["?": "\(error)"]
        }
    }

    @Test("what is needed, and no more, is enough")
    func least() throws {
        let settings = try Settings(Environment(Self.good))
        #expect(settings.port == 8_080)
        #expect(settings.host == "127.0.0.1")
        #expect(settings.provider == nil)
        #expect(settings.callbacks == nil)
        #expect(settings.bootstrapKey == nil)
        #expect(settings.watchdog.silence == .seconds(600))
    }

    @Test("everything can be given")
    func all() throws {
        let extra = [
            "BOOTSTRAP_API_KEY": "0123456789abcdef01234567", "PUBLIC_URL": "https://a.test/", "HTTP_PORT": "1",
            "RUN_SILENCE_MINUTES": "3", "AUDIT_DAYS": "400", "DIRECTORY_URL": "http://writer:8082/",
            "DIRECTORY_API_KEY": "directory-key", "VERIFIER_URL": "http://verifier:8081",
            "OPERATOR_API_KEY": "operator",
        ]
        let values = Self.good.merging(Self.provider) { $1 }.merging(extra) { $1 }
        let settings = try Settings(Environment(values))
        #expect(settings.provider?.templateID.rawValue == Provider.template)
        #expect(settings.callbacks != nil)
        #expect(settings.bootstrapKey != nil)
        #expect(settings.publicURL == "https://a.test")
        #expect(settings.port == 1)
        #expect(settings.watchdog.silence == .seconds(180))
        #expect(settings.auditDays == 400)
        #expect(settings.directory?.url == "http://writer:8082")
        #expect(settings.verifier?.url == "http://verifier:8081")
    }

    @Test("each variable that is missing is named, all at once")
    func missing() {
        #expect(complaints([:]).keys.sorted() == ["DATABASE_URL", "KAFKA_BOOTSTRAP_SERVERS", "SEALING_KEYS"])
    }

    @Test("a provider is set up whole or not at all", arguments: provider.keys.sorted())
    func partialProvider(missing: String) {
        var values = Self.good.merging(Self.provider) { $1 }
        values[missing] = nil
        #expect(complaints(values).keys.sorted() == [missing])
    }

    @Test("whoever is to be asked is asked with a key; a key alone asks nobody")
    func peers() throws {
        #expect(
            complaints(Self.good.merging(["VERIFIER_URL": "http://a.test"]) { $1 }).keys.sorted() == [
                "OPERATOR_API_KEY"
            ]
        )
        let settings = try Settings(Environment(Self.good.merging(["DIRECTORY_API_KEY": "directory-key"]) { $1 }))
        #expect(settings.directory == nil)
    }

    @Test(
        "a variable that is not of its form is named with the form, and its secret is not shown",
        arguments: [
            ("BOOTSTRAP_API_KEY", "too-short-a-secret", "24"), ("SEALING_KEYS", "k1:c2VjcmV0", "32"),
            ("WECOM_CALLBACK_AES_KEY", "bad-secret", "43"), ("WECOM_CALLBACK_TOKEN", "bad secret!", "32"),
            ("PUBLIC_URL", "nowhere", "URL"), ("HTTP_PORT", "70000", "65535"),
            ("WECOM_TEMPLATE_ID", "x!", "template"), ("TOPIC_PREFIX", "a b", "letters"),
            ("DATABASE_CONNECTIONS", "1", "2"), ("RUN_SILENCE_MINUTES", "0", "1440"),
            ("AUDIT_DAYS", "3", "3650"),
        ]
    )
    func malformed(variable: String, value: String, form: String) {
        let found = complaints(Self.good.merging(Self.provider) { $1 }.merging([variable: value]) { $1 })
        #expect(found.keys.sorted() == [variable])
        #expect(found[variable]?.contains(form) == true)
        if value.contains("secret") || variable == "SEALING_KEYS" { #expect(found[variable]?.contains(value) == false) }
    }
}
