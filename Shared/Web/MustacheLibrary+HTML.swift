public import Foundation
public import Mustache

/// HTML, escaped by ``Swift/String/htmlEscaped``: Mustache's own escaping passes over a quote before a combining mark, and
/// takes most of the time of a large page.
private struct EscapedHTML: MustacheContentType {
    static let name = "EscapedHTML"

    func escapeText(_ text: String) -> String { text.htmlEscaped }
}

extension MustacheLibrary {
    /// The templates of HTML in a folder, by their files' names.
    ///
    /// - Throws: Where the folder cannot be read, or a template is not well formed.
    public init(htmlTemplates folder: URL) throws {
        MustacheContentTypes.register(EscapedHTML(), named: EscapedHTML.name)
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        self.init()
        for file in files where file.pathExtension == "mustache" {
            let text = try String(contentsOf: file, encoding: .utf8)
            // Each says so itself, as a template within another one does not take it from there.
            try register(
                "{{% CONTENT_TYPE: \(EscapedHTML.name)}}\n\(text)",
                named: file.deletingPathExtension().lastPathComponent
            )
        }
    }
    /// A page of HTML; nil where there is no such template.
    ///
    /// - Parameter content: A struct whose fields the template names.
    public func html(_ template: String, showing content: Any) -> String? {
        render(TemplateFields(of: content), withTemplate: template)
    }
}
