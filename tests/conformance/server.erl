%% A gen_server whose callbacks do what the messages, or its definition, say.
-module(server).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2, handle_continue/2]).
-export([terminate/2, code_change/3]).

init(#{as := Name, init := Script} = Definition) ->
    words:born(Name),
    put(on, maps:get(on, Definition, #{})),
    answer(init, "", Script, undefined, undefined).

handle_call(Script, From, State) -> answer(call, word(Script), Script, From, State).
handle_cast(Script, State) -> answer(cast, word(Script), Script, undefined, State).
handle_continue(Script, State) -> answer(continue, word(Script), Script, undefined, State).

handle_info(#{say := Word} = Script, State) ->
    answer(info, words:term(Word), Script, undefined, State);
handle_info(Message, State) ->
    answer(info, words:message(Message), on(kind(Message)), undefined, State).

kind(timeout) -> timeout;
kind({'EXIT', _, _}) -> exit;
kind({'DOWN', _, _, _, _}) -> down;
kind(_) -> other.

terminate(Reason, State) ->
    acts:told(terminate, words:reason(Reason), State),
    acts:run(on(terminate), undefined).

code_change(_, Old, Script) ->
    acts:told(codeChange, word(Script), Old),
    acts:run(Script, undefined),
    case Script of
        #{stop := Reason} -> {error, Reason};
        #{bad := Value} -> Value;
        #{state := State} -> {ok, State};
        _ -> {ok, Old}
    end.

on(Kind) -> maps:get(Kind, get(on), #{say => Kind}).

word(Script) -> words:message(Script).

answer(Callback, Text, Script, From, Old) ->
    acts:told(Callback, Text, Old),
    acts:run(Script, From),
    Result = result(Callback, Script, maps:get(state, Script, Old)),
    case Script of
        #{thrown := true} -> throw(Result);
        _ -> Result
    end.

result(_, #{bad := Value}, _) -> Value;
result(init, #{ignore := true}, _) -> ignore;
result(init, #{stop := Reason}, _) -> {stop, words:to_reason(Reason)};
result(init, #{next := Next}, State) -> {ok, State, next(Next)};
result(init, _, State) -> {ok, State};
result(_, #{stop := Reason, reply := Value}, State) ->
    {stop, words:to_reason(Reason), Value, State};
result(_, #{stop := Reason}, State) -> {stop, words:to_reason(Reason), State};
result(_, #{reply := Value, next := Next}, State) -> {reply, Value, State, next(Next)};
result(_, #{reply := Value}, State) -> {reply, Value, State};
result(_, #{next := Next}, State) -> {noreply, State, next(Next)};
result(_, _, State) -> {noreply, State}.

next(hibernate) -> hibernate;
next(#{after_ms := Ms}) -> Ms * persistent_term:get(scale);
next(#{continue := Script}) -> {continue, Script}.
