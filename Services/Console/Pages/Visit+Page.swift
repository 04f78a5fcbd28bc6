import Hummingbird
import Mustache
import Runtime
import Web

extension Visit {
    /// A page's place in the console, shown in its navigation.
    struct Place: Sendable {
        var tenant: Tenant?
        var provider: IdentityProvider?
        /// The entry of the navigation that is marked.
        var entry: Entry = .none

        enum Entry: String, Sendable {
            case none, tenants, identity, people, notifications, fields, settings, audit, keys, administrators, clients,
                signingKeys,
                diagnoses
            case conditions, deadLetters, lag, replays, doctor, sealing
            case overview, runs, mapping, connection, preflight, egress, messages, revisions, editing, safety

            /// Whether it is one of the pages for operators of all tenants.
            var isForOperators: Bool {
                [.conditions, .deadLetters, .lag, .replays, .doctor, .sealing].contains(self)
            }
        }
    }

    /// The page as a response.
    ///
    /// - Parameters:
    ///   - template: The template's name.
    ///   - title: What the window is called.
    ///   - saysDone: Whether what led here is told at the top.
    ///   - content: What the template shows, under the name `page`.
    func page(
        _ template: String,
        title: String,
        at place: Place = Place(),
        status: HTTPResponse.Status = .ok,
        refreshes seconds: Int? = nil,
        saysDone: Bool = true,
        _ content: any Sendable
    ) throws -> Response {
        guard desk.library.getTemplate(named: template) != nil else { throw Desk.MissingTemplate(name: template) }
        let frame = Frame(
            t: texts.groups,
            lang: language.rawValue,
            title: title,
            otherLanguage: language.other.rawValue,
            here: request.method == .get ? request.uri.description : request.uri.path,
            bootstrap: desk.assets.bootstrap.path,
            style: desk.assets.style.path,
            script: desk.assets.script.path,
            icon: desk.assets.icon.path,
            token: context.formToken,
            once: Once.make(),
            navigation: context.session.map { Navigation(self, $0, place) },
            refreshes: seconds,
            done: saysDone ? query["done"].flatMap { texts.find("done.\($0)") } : nil,
            problem: problem.map { ProblemView($0, texts) },
            page: content
        )
        let html = desk.library.html(template, showing: frame) ?? ""
        return PageResponse.html(html, policy: Desk.policy, status: status)
    }

    /// What the layout shows around a page.
    private struct Frame {
        let t: [String: [String: String]]
        let lang: String
        let title: String
        let otherLanguage: String
        let here: String
        let bootstrap: String
        let style: String
        let script: String
        let icon: String
        let token: String
        let once: String
        let navigation: Navigation?
        let refreshes: Int?
        let done: String?
        let problem: ProblemView?
        let page: any Sendable
    }
}
