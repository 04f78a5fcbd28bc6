import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import Mustache
import Web

/// The pages that people see: HTML from templates, in Chinese and English, without scripts and without anything from
/// elsewhere.
struct Pages: Sendable {
    private let library: MustacheLibrary
    private let style: String
    private let policy: String
    private let redirectingPolicy: String
    private let answerPolicy: String

    /// Loads the templates that were built with the program.
    ///
    /// - Throws: When a template is missing or not well formed.
    init() async throws {
        let folder = Bundle.module.bundleURL.appending(path: "Templates")
        library = try MustacheLibrary(htmlTemplates: folder)
        style = try String(contentsOf: folder.appending(path: "style.css"), encoding: .utf8)
        let rules = [
            "default-src 'none'", "style-src \(Self.source(style))", "frame-ancestors 'none'", "base-uri 'none'",
        ]
        policy = (rules + ["form-action 'self'"]).joined(separator: "; ")
        // Not by form-action: browsers hold what a form's answer redirects to afterwards to it as well, be it WeCom or,
        // within WeCom, which comes back at once, and for whoever logs off, the client.
        redirectingPolicy = rules.joined(separator: "; ")
        answerPolicy = (rules + ["script-src \(Self.source(Page.Answer.script))"]).joined(separator: "; ")
        for page in Page.allNames where library.getTemplate(named: page) == nil {
            throw MissingTemplate(name: page)
        }
    }

    /// A template that the program was built without.
    struct MissingTemplate: Error {
        let name: String
    }

    /// The page as a response that no cache keeps and no frame shows.
    func response(_ page: Page, status: HTTPResponse.Status = .ok) -> Response {
        let html = library.html(page.name, showing: Frame(style: style, page: page.content)) ?? ""
        return PageResponse.html(html, policy: policy(of: page), status: status)
    }

    private func policy(of page: Page) -> String {
        switch page {
        case .enterprise, .logOff: redirectingPolicy
        default: page.leadsElsewhere ? answerPolicy : policy
        }
    }

    /// What a policy calls a style or script that stands in the page.
    private static func source(_ text: String) -> String {
        "'sha256-\(Data(SHA256.hash(data: Data(text.utf8))).base64EncodedString())'"
    }

    /// What the layout shows around a page.
    private struct Frame {
        let style: String
        let page: any Sendable
    }
}

/// A page and what it shows.
enum Page {
    /// Where the enterprise ID is typed.
    case enterprise(Enterprise)
    /// The identity providers to choose from.
    case options(Options)
    /// Why somebody was not let in.
    case refused(Refused)
    /// A client's request that cannot be trusted.
    case untrusted(Untrusted)
    /// The connection works; there is no client to go back to.
    case connected(Connected)
    /// The answer to a client, which the browser posts to it.
    case answer(Answer)
    /// The session is over.
    case loggedOff
    /// Whether the person wants to be logged off.
    case logOff(LogOff)
    /// They do not.
    case stillLoggedOn
    /// Where the code of a device is typed.
    case device(Device)
    /// Whether a device may have what it asked for.
    case confirmation(Confirmation)
    /// What became of a device.
    case answered(Answered)

    struct Enterprise: Sendable {
        let typed: String
        let isWrong: Bool
        let request: String?
    }

    struct Options: Sendable {
        struct Choice: Sendable {
            let title: String
            let link: String
        }

        let choices: [Choice]
        let change: String
    }

    struct Refused: Sendable {
        let chinese: String
        let english: String
        let chineseActor: String
        let englishActor: String
        let chineseFix: String
        let englishFix: String
        let reason: String
        let diagnosis: String
        let again: String?
        let back: String?
        let backForm: Answer?
    }

    struct Answer: Sendable {
        struct Field: Sendable {
            let name: String
            let value: String
        }

        /// Posts the form without anybody pressing its button.
        static let script = "document.forms[0].submit()"

        let action: String
        let fields: [Field]
        let script = Self.script
    }

    struct Untrusted: Sendable {
        let chinese: String
        let english: String
        /// Whether nothing is wrong with the request.
        var isAway = false
    }

    struct LogOff: Sendable {
        /// Whom the browser remembers.
        let person: String
        let confirmation: String
    }

    struct Connected: Sendable {
        let name: String
    }

    static let allNames = [
        "enterprise", "options", "refused", "untrusted", "connected", "answer", "loggedoff", "logoff", "loggedon",
        "device", "confirmation",
        "answered", "layout",
    ]

    var name: String {
        switch self {
        case .enterprise: "enterprise"
        case .options: "options"
        case .refused: "refused"
        case .untrusted: "untrusted"
        case .connected: "connected"
        case .answer: "answer"
        case .loggedOff: "loggedoff"
        case .logOff: "logoff"
        case .stillLoggedOn: "loggedon"
        case .device: "device"
        case .confirmation: "confirmation"
        case .answered: "answered"
        }
    }

    /// Whether it has a form for a client's address.
    fileprivate var leadsElsewhere: Bool {
        switch self {
        case .answer: true
        case .refused(let content): content.backForm != nil
        default: false
        }
    }

    fileprivate var content: any Sendable {
        switch self {
        case .enterprise(let content): content
        case .options(let content): content
        case .refused(let content): content
        case .untrusted(let content): content
        case .connected(let content): content
        case .answer(let content): content
        case .loggedOff, .stillLoggedOn: ""
        case .logOff(let content): content
        case .device(let content): content
        case .confirmation(let content): content
        case .answered(let content): content
        }
    }
}
