using Microsoft.Data.Sqlite;

namespace Oddity.Engine.Storage;

/// <summary>Prepared statements of one connection by their text, so that each is parsed once. Values are always parameters, in the order of <c>?1, ?2, …</c>.</summary>
public sealed class StatementCache(SqliteConnection connection) : IDisposable
{
    private readonly Dictionary<string, SqliteCommand> _commands = new(StringComparer.Ordinal);

    /// <summary>Runs a statement; returns the number of rows it changed.</summary>
    public int Execute(string sql, params ReadOnlySpan<object?> values) => Bind(sql, values).ExecuteNonQuery();

    /// <summary>The first column of the first row; null if there is none.</summary>
    public object? Scalar(string sql, params ReadOnlySpan<object?> values) => Bind(sql, values).ExecuteScalar() is { } value and not DBNull ? value : null;

    /// <summary>Reads rows; the reader is to be closed before the same statement runs again.</summary>
    public SqliteDataReader Query(string sql, params ReadOnlySpan<object?> values) => Bind(sql, values).ExecuteReader();

    public void Dispose()
    {
        foreach (SqliteCommand command in _commands.Values) command.Dispose();
        _commands.Clear();
    }

    private SqliteCommand Bind(string sql, ReadOnlySpan<object?> values)
    {
        if (!_commands.TryGetValue(sql, out SqliteCommand? command))
        {
            command = connection.CreateCommand();
            command.CommandText = sql;
            for (int i = 0; i < values.Length; i++) command.Parameters.Add(new SqliteParameter($"?{i + 1}", null));
            _commands.Add(sql, command);
        }

        for (int i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i] ?? DBNull.Value;
        return command;
    }
}
