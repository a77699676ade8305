%% What a callback is told to do before it answers.
-module(acts).
-export([run/2, told/3]).

%% Writes down that a callback runs.
told(Callback, Text, State) ->
    words:line(server, get(label), [atom_to_list(Callback), $\s, Text, $\s, words:term(State)]).

run(Script, From) -> [act(Act, From) || Act <- maps:get(do, Script, [])], raise(Script).

raise(#{exit := Reason}) -> exit(words:to_reason(Reason));
raise(#{error := Reason}) -> error(Reason);
raise(#{throw := Value}) -> throw(Value);
raise(_) -> ok.

act(#{save := Key}, From) -> words:keep(Key, From);
act(#{answer := Key, value := Value}, _) -> gen:reply(words:kept(Key), Value);
act(#{send := To, value := Value}, _) -> words:target(To) ! Value;
act(#{after_ms := Ms, value := Value}, _) -> erlang:send_after(scaled(Ms), self(), Value);
act(#{trapExit := Value}, _) -> process_flag(trap_exit, Value);
act(#{link := To}, _) -> link(words:target(To));
act(#{monitor := To}, _) -> monitor(process, words:target(To));
act(#{sleep := Ms}, _) -> receive after scaled(Ms) -> ok end;
act(#{kill := To, reason := Reason}, _) -> exit(words:target(To), words:to_reason(Reason));
act(#{cast := To, request := Request}, _) -> gen_server:cast(words:target(To), Request);
act(#{call := To, request := Request, timeoutMs := Ms}, _) ->
    Text = try gen_server:call(words:target(To), Request, scaled(Ms)) of
        Value -> words:term(Value)
    catch exit:Reason -> words:reason(Reason)
    end,
    words:line(server, get(label), ["called: ", Text]).

scaled(infinity) -> infinity;
scaled(Ms) -> Ms * persistent_term:get(scale).
