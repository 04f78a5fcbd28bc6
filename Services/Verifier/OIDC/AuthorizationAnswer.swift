import HTTPTypes
import Hummingbird
import Runtime
import Web

/// What a client is answered at its own address, by way of the browser.
struct AuthorizationAnswer: Sendable {
    let redirectURI: String
    let responseMode: AuthorizationRequest.ResponseMode
    /// Names and values, those that are `nil` left out.
    let fields: [(String, String?)]

    /// The address with the answer in its query.
    var uri: String { PercentEncoding.url(redirectURI, fields) }

    /// The answer as the hidden fields of a form.
    var form: Page.Answer {
        Page.Answer(
            action: redirectURI,
            fields: fields.compactMap { name, value in value.map { Page.Answer.Field(name: name, value: $0) } }
        )
    }

    /// Sends the browser there, as the client wanted.
    func response(_ pages: Pages) -> Response {
        switch responseMode {
        case .query: return PageResponse.redirect(to: uri)
        case .formPost: return pages.response(.answer(form))
        }
    }
}
