import Messages
import Postgres
import SuiteTesting

/// What becomes of a command on its way out of the registry, as if a program of another version, or one that was
/// mistaken, had sent it.
struct Tampering: Sendable {
    /// An expression for what the brokers get; `value` is the message as text, `headers` are its headers as text.
    var value = "value"
    var headers = "headers"

    static let none = Tampering()

    /// Sets one member of the message.
    static func setting(_ member: String, _ json: String) -> Tampering {
        Tampering(value: "jsonb_set(value::jsonb, '{\(member)}', '\(json)')::text")
    }
}

extension Suite {
    /// Has the next `RunSync` of an identity provider tampered with, once.
    func tamper(_ tampering: Tampering, with provider: Registry.IdentityProvider) async throws {
        let name = "tamper_\(provider.id.replacing("-", with: "_"))"
        for statement in [
            "create table public.\(name) ()",
            """
            create function public.\(name)() returns trigger language plpgsql security definer as $$
            declare
                value text := convert_from(new.value, 'UTF8');
                headers text := new.headers::text;
            begin
                if headers not like '%\(RunSync.type)%' or to_regclass('public.\(name)') is null then
                    return new;
                end if;
                drop table public.\(name);
                new.value := convert_to(\(tampering.value), 'UTF8');
                new.headers := (\(tampering.headers))::jsonb;
                return new;
            end $$
            """,
            """
            create trigger \(name) before insert on registry.outbox
            for each row when (new.key = '\(provider.id)') execute function public.\(name)()
            """,
        ] {
            _ = try await query(SQL(stringLiteral: statement))
        }
    }
}
