import Foundation
import Phrases
import Testing

@testable import Console

/// Whether the phrasebook has what services say, by their sources.
///
/// Read are the folders and files of ``whole`` and ``sentences``. A text in quotes that is neither a sentence nor in a file
/// of ``whole`` is for programs, logs or the database.
@Suite
struct ServiceSentenceTests {
    /// In these every text of several words is shown to people.
    static let whole = [
        "Services/Registry/IdentityProviders/Schema.swift", "Services/Registry/Preflight",
        "Shared/Mapping/MappedObjects.swift", "Shared/Mapping/Rules/CompiledMapping.swift",
        "Shared/Pipeline/DeadLetters/ReadingRefusal.swift", "Shared/Pipeline/Examination/BrokerExamination.swift",
        "Shared/Pipeline/Topics/TopicDifference.swift", "Shared/WeCom/Errors",
        "Shared/WeCom/Identifiers", "Shared/WeCom/SignIn/NativeSchema.swift",
    ]
    /// In these sentences are: what begins with a capital or a place, and ends with a full stop or a place.
    static let sentences = [
        "Services/Fetcher", "Services/Registry", "Services/Verifier/Logon", "Services/Writer", "Shared/ClientRules",
        "Shared/Egress/Budgets", "Shared/Expressions/Checking", "Shared/Expressions/Language",
        "Shared/Expressions/Patterns",
        "Shared/Expressions/Values", "Shared/Messages/Configuration", "Shared/Rebuild",
        "Shared/Replay/ReplayRefusal.swift", "Shared/Runtime/HTTP",
    ]
    /// What is said in these no page of the console shows: WeCom and clients of SCIM are answered, messages are sent, logs are
    /// written, and rows are asked for.
    static let unseen = [
        "Services/Registry/Authorization/TicketWatch.swift", "Services/Registry/Callbacks",
        "Services/Registry/Preflight/PreflightService.swift", "Services/Writer/SCIM",
        "Shared/WeCom/Errors/WeComError.swift",
    ]
    /// Texts that other texts are put into, so that they are known only together: how they read then.
    static let composed = [
        "{} What to do: {}.": ["WeCom is busy, error -1. What to do: nothing; it is tried again."],
        "{} {}{}.": ["The identity source is closed. WeCom is busy (WeCom error -1)."],
        "{} {} of the people asked for{}.": [
            "WeCom did not say what became of 2 of the people asked for (error 5).",
            "WeCom does not let the app ask for 2 of the people asked for.",
        ],
        "{} shows {} people without a user id.": [
            "Department 7 shows 2 people without a user id.", "The visible range shows 2 people without a user id.",
        ],
        "{} shows {} people whose records cannot be read.": [
            "Department 7 shows 2 people whose records cannot be read.",
            "The visible range shows 2 people whose records cannot be read.",
        ],
        "{} shows {} people whose records are too large.": [
            "Department 7 shows 2 people whose records are too large.",
            "The visible range shows 2 people whose records are too large.",
        ],
        "And {} further {}.": ["And 2 further reasons.", "And 2 further things that are gone."],
        "{} does not answer at present.": [
            "The directory does not answer at present.", "The verifier does not answer at present.",
        ],
        "{} answered {}.": ["The directory answered 500.", "The verifier answered 500."],
        "It was started {} times in a row, and each time ended like this; {}": [
            "It was started 3 times in a row, and each time ended like this; it is started anew after a while."
        ],
        "Nothing was heard of the run for {}, and nobody answered when it was asked to end. "
            + "See that a fetcher and a writer are running and ready (/readyz){}.": [
                "Nothing was heard of the run for 10 minutes, and nobody answered when it was asked to end. "
                    + "See that a fetcher and a writer are running and ready (/readyz), then start a run again."
            ],
        "Sign-in may return to {}.{}": [
            "Sign-in may return to id.example.com.",
            "Sign-in may return to x.cn. Whether that is where employees log on is not known here.",
        ],
        "the field userid is {}": ["the field userid is missing"],
        "the field id is {}": ["the field id is missing"],
        "of another type than an id's": [
            "the field userid is of another type than an id's", "the field id is of another type than an id's",
        ],
        "Of {} people, {}.": [
            "Of 10 people, some people could not be mapped: the field userid is missing.",
            "Of 10 people, nobody gets username or displayName.",
        ],
        "Give {} from {} to {}, not {}.": ["Give a whole number of hours from 1 to 24, not 25."],
        "Give {}, not {}.": ["Give \"full\" or \"user\", not \"x\"."],
        "give {} {} replicas in each partition by kafka-reassign-partitions.sh, "
            + "or say TOPIC_REPLICATION where fewer are meant": [
                "give wecom.records.v1 3 replicas in each partition by kafka-reassign-partitions.sh, "
                    + "or say TOPIC_REPLICATION where fewer are meant"
            ],
        "A {} is one of {}.": ["A change is one of created, updated."],
    ]

    private let texts: Texts

    init() throws { texts = try #require(try Texts.load()[.chinese]) }

    @Test("every sentence that a service says is known in Chinese", arguments: whole + sentences)
    func known(_ path: String) throws {
        let isWhole = Self.whole.contains(path)
        let literals = try literals(under: path).filter { isWhole ? $0.contains(/\S \S/) : Self.isSentence($0) }
        #expect(!literals.isEmpty, "\(path) says nothing any more")
        for literal in literals {
            for text in Self.composed[literal] ?? [literal.replacing("{}", with: "WeCom is busy")] {
                let said = texts.sentence(text.trimming)
                #expect(said.lang == "zh-CN" && !Self.hasEnglish(said.text), "\(path): \(text) → \(said.text)")
            }
        }
    }

    /// Whether words of it follow each other.
    private static func hasEnglish(_ text: String) -> Bool { text.contains(/[A-Za-z]{2,}(?: [A-Za-z,]+){2,}/) }

    private static func isSentence(_ text: String) -> Bool {
        let isFramed = text.contains(/^(?:[A-Z]|\{\})/) && text.contains(/(?:\.|\{\})$/)
        return isFramed && text.contains(/[a-z]+ [a-z]+/) && !text.contains("\n")
    }

    private func literals(under path: String) throws -> [String] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized
        let place = root.appending(path: path)
        let names = (FileManager.default.subpaths(atPath: place.path()) ?? []).map { "\(path)/\($0)" }
        let files = (names.isEmpty ? [path] : names).filter { name in
            name.hasSuffix(".swift") && !Self.unseen.contains { name.hasPrefix($0) }
        }
        return try files.flatMap { name in
            SwiftLiterals(in: try String(contentsOf: root.appending(path: name), encoding: .utf8)).all
        }
    }

    @Test(
        "sentences that are put together of others are known down to the last",
        arguments: [
            "WeCom does not accept the app's secret, error 40001. What to do: check that the app is enabled; "
                + "if it is an app of your own, copy its secret again from the WeCom admin console and save it here, and if "
                + "it was authorized by QR code, have a new code scanned. (WeCom's code 40001)",
            "WeCom does not accept calls from this server's address (caller 10.0.0.1), error 60020. What to do: add the "
                + "address that WeCom names to the app's trusted IPs in the WeCom admin console; it takes effect after "
                + "about a minute.",
            "WeCom does not accept calls from this server's address (caller 10.0.0.1), error 60020 (hint 1_2). What to do: "
                + "add the address that WeCom names to the app's trusted IPs in the WeCom admin console; it takes effect "
                + "after about a minute.",
            "Department 7 could not be read: the person, department or tag is outside the app's visible range (error 60011).",
            "Calls that leave by the proxy proxy.example.com:3128 do not reach WeCom: WeCom cannot be reached or does not "
                + "answer properly.",
            "The app sees 3 departments, 0 people named one by one and 0 tags, and not these departments that are to be "
                + "synchronized: 4, 5.",
            "A message of the run could not be taken in: its beginning never came.",
            "After 5 characters: There is no field \"emial\". Did you mean email?",
            "WeCom's user has no field \"emial\". Did you mean email?",
            "A direct rule can take no value from direct_leader. Give \"kind\": \"expression\" with "
                + "first(direct_leader).",
            "After 1 characters: substring takes 2 to 3 arguments, and is given 1.",
            "After 0 characters: \"text\" of lower should be a text or a number, and is a list of texts.",
            "WeCom is not asked now: this was asked for too often by this tenant for this enterprise. Too many calls would "
                + "have WeCom shut out everybody here.",
            "The schema is the URL scheme by which a native client opens WeCom to sign in, such as wwauth0123. It cannot be "
                + "worked out here, as the corp ID is encrypted for the provider. WeCom's administration shows it on the "
                + "app's page under \"企业微信授权登录\", once an iOS bundle ID or an Android package with its signature is "
                + "entered there; give the whole value as \"schema\". Logging on in a browser needs none.",
        ]
    )
    func together(_ english: String) {
        let said = texts.sentence(english)
        #expect(said.lang == "zh-CN" && !Self.hasEnglish(said.text), "\(said.text)")
        #expect(said.text.hasSuffix(english.hasSuffix(".") ? "。" : "") && !said.text.contains("。。"), "\(said.text)")
    }

    @Test("a text in quotes is read as Swift reads it")
    func reading() {
        let source = #"""
            // "no text"
            a("One \(b ? "two \(c)" : "three") four"
                + "five" + d)
            """#
        #expect(SwiftLiterals(in: source).all == ["two {}", "three", "One {} fourfive{}"])
        let long = "\"\"\"\n    Of \\(a) people \\\n        nobody.\n    \"\"\""
        #expect(SwiftLiterals(in: long).all == ["Of {} people nobody."])
    }

    @Test("a phrase's Chinese is Chinese: whatever is Latin in it is a name, an example or a place")
    func chinese() throws {
        let phrases = try Phrasebook.phrases()
        #expect(phrases.count > 500)
        for (english, chinese) in phrases {
            let hasChinese = chinese.unicodeScalars.contains { (0x4E00...0x9FFF).contains($0.value) }
            #expect(hasChinese || chinese.wholeMatch(of: /[\p{P}\p{S} \d{}]*/) != nil, "\(english)")
            #expect(!Self.hasEnglish(chinese), "\(english)")
        }
    }
}
