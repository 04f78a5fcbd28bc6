import Hummingbird
import NIOCore

/// The plain HTML that this WeCom shows to people.
enum Page {
    /// One thing to fill in.
    struct Field: Sendable {
        fileprivate let html: String

        static func text(_ name: String, _ label: String, value: String = "") -> Field {
            let attributes = "name=\"\(name)\" id=\"\(name)\" value=\"\(escape(value))\" autocomplete=\"username\""
            return Field(html: "<p><label>\(label)<br><input \(attributes)></label></p>")
        }

        static func password(_ name: String, _ label: String) -> Field {
            let attributes = "type=\"password\" name=\"\(name)\" id=\"\(name)\" autocomplete=\"current-password\""
            return Field(html: "<p><label>\(label)<br><input \(attributes)></label></p>")
        }

        static func hidden(_ name: String, _ value: String) -> Field {
            Field(html: "<input type=\"hidden\" name=\"\(name)\" value=\"\(escape(value))\">")
        }
    }

    /// - Parameters:
    ///   - error: what went wrong the last time, empty the first time
    ///   - buttons: the values of the field `action`, with their labels
    static func form(
        _ title: String,
        action: String,
        note: String = "",
        error: String = "",
        fields: [Field],
        buttons: [(value: String, label: String)]
    ) -> Response {
        let buttons = buttons.map { "<button name=\"action\" value=\"\($0.value)\">\($0.label)</button>" }
        let failure = error.isEmpty ? "" : "<p class=\"error\" role=\"alert\">\(escape(error))</p>"
        return html(
            title,
            "<p>\(escape(note))</p>\(failure)<form method=\"post\" action=\"\(escape(action))\">"
                + fields.map(\.html).joined() + "<p>\(buttons.joined(separator: " "))</p></form>"
        )
    }

    static func message(_ title: String, _ lines: [String]) -> Response {
        html(title, lines.map { "<p class=\"result\">\(escape($0))</p>" }.joined())
    }

    static func error(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
        html("企业微信", "<p class=\"error\" role=\"alert\">\(escape(text))</p>", status: status)
    }

    private static func html(_ title: String, _ body: String, status: HTTPResponse.Status = .ok) -> Response {
        let text = """
            <!DOCTYPE html>
            <html lang="zh"><head><meta charset="utf-8"><title>\(escape(title))</title></head>
            <body><h1>\(escape(title))</h1>\(body)</body></html>
            """
        return Response(
            status: status,
            headers: [.contentType: "text/html; charset=utf-8", .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(string: text))
        )
    }

    private static func escape(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }
}
